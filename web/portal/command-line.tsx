import { Button, Stack } from "@mantine/core";
import type { DownloadView } from "../../protocol/api/download.ts";
import { bytesText } from "../app/bytes.ts";
import { Card, Facts } from "../app/card.tsx";
import { CopyLine } from "../app/copy-line.tsx";
import { useText } from "../app/language.ts";
import { Note } from "../app/note.tsx";
import { PageTitle } from "../app/page-title.tsx";
import { useDownloads } from "../app/queries.ts";
import { Asked, Empty } from "../app/states.tsx";

/** Names of systems are the same in every language. */
const systemNames: Record<DownloadView["system"], string> = {
  "linux-x64": "Linux (x64)",
  "linux-arm64": "Linux (arm64)",
  "windows-x64": "Windows (x64)",
};

/** The command line for download, each file with what tells it from another. */
export function CommandLine() {
  const { t } = useText();
  const downloads = useDownloads();
  return (
    <Stack gap="lg">
      <PageTitle title={t("place.commandLine")}>{t("commandLine.lead")}</PageTitle>
      <Asked query={downloads}>
        {(value) =>
          value.downloads.length === 0 ? (
            <Empty title={t("commandLine.none")}>{t("commandLine.noneHelp")}</Empty>
          ) : (
            <Stack gap="md">
              {value.downloads.map((download) => (
                <Download key={download.name} download={download} />
              ))}
            </Stack>
          )
        }
      </Asked>
    </Stack>
  );
}

function Download({ download: { name, system, version, bytes, sha256 } }: { download: DownloadView }) {
  const { t } = useText();
  const windows = system === "windows-x64";
  const check = windows ? `(Get-FileHash ${name}).Hash.ToLower()` : `sha256sum ${name}`;
  const login = `login --portal ${location.origin}`;
  const start = windows ? `.\\${name} ${login}` : `chmod +x ${name} && ./${name} ${login}`;
  return (
    <Card label={systemNames[system]}>
      <Stack gap="sm">
        <Facts
          rows={[
            [systemNames[system], name],
            [t("commandLine.version"), version],
            [t("commandLine.size"), bytesText(bytes)],
          ]}
        />
        <div>
          <Button
            component="a"
            href={`/api/downloads/${name}`}
            download={name}
            aria-label={t("commandLine.downloadOf", { name })}
          >
            {t("commandLine.download")}
          </Button>
        </div>
        <div>
          <div>{t("commandLine.hash")}</div>
          <CopyLine text={sha256} of={t("commandLine.hashOf", { name })} />
        </div>
        <div>
          <div>{t("commandLine.check")}</div>
          <CopyLine text={check} of={t("commandLine.checkOf", { name })} />
        </div>
        <div>
          <div>{t("commandLine.start")}</div>
          <CopyLine text={start} of={t("commandLine.startOf", { name })} />
        </div>
        {windows && <Note title={t("commandLine.unsignedTitle")}>{t("commandLine.unsigned")}</Note>}
      </Stack>
    </Card>
  );
}
