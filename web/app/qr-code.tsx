import { create } from "qrcode";
import { useMemo } from "react";
import css from "./qr-code.module.css";

const quietModules = 4;

/** A QR code (ISO/IEC 18004) drawn here: the secret in it goes to no image service and no data URL. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { path, size } = useMemo(() => {
    const { modules } = create(text, { errorCorrectionLevel: "M" });
    let drawn = "";
    for (let row = 0; row < modules.size; row += 1) {
      for (let column = 0; column < modules.size; column += 1) {
        if (modules.get(row, column)) drawn += `M${column + quietModules} ${row + quietModules}h1v1h-1z`;
      }
    }
    return { path: drawn, size: modules.size + 2 * quietModules };
  }, [text]);
  return (
    <svg className={css.code} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
