import type { ServiceRef } from "../../protocol/service.ts";
import { useText } from "./language.ts";
import css from "./tls-exceptions.module.css";

/** What a device's TLS is forgiven, below its service; nothing for all others. */
export function TlsExceptions({ service }: { service: ServiceRef }) {
  const { t } = useText();
  return service.tls?.map((exception) => (
    <span key={exception} className={css.exceptions}>
      {t(`service.exception.${exception}`)}
    </span>
  ));
}
