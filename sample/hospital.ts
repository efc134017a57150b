import type { Role } from "../protocol/person.ts";
import type { ServiceProtocol } from "../protocol/service.ts";

/** The hospital, vendor, people and devices of `npm start` and of the tests. Nobody has an authenticator yet. */
export const sampleSite = { name: "中央病院", zone: "Asia/Tokyo", contact: "臨床工学室 内線 2119" };
export const sampleVendor = {
  name: "メディカル・システムズ",
  contact: "保守受付 03-0000-0000",
  mailDomains: ["medical-systems.example"],
};

export const samplePeople: readonly {
  login: string;
  name: string;
  of: "site" | "vendor";
  roles: readonly Role[];
}[] = [
  { login: "sato", name: "佐藤 健 (Sato Ken)", of: "vendor", roles: ["technician"] },
  { login: "tanaka", name: "田中 恵子 (Tanaka Keiko)", of: "site", roles: ["approver"] },
  { login: "yamada", name: "山田 修 (Yamada Osamu)", of: "site", roles: ["officer", "administrator"] },
];

/** Each with the part of the sample programs that stands behind it. */
export const sampleDevices: readonly {
  key: "nurseCall" | "vitalMonitor" | "infusionPump";
  name: string;
  model: string;
  service: { name: string; protocol: ServiceProtocol };
}[] = [
  {
    key: "nurseCall",
    name: "ナースコール管理サーバー (nurse call)",
    model: "NC-200",
    service: { name: "管理画面 (admin page)", protocol: "http" },
  },
  {
    key: "vitalMonitor",
    name: "生体情報モニター (vital monitor)",
    model: "VM-12",
    service: { name: "保守シェル (shell)", protocol: "ssh" },
  },
  {
    key: "infusionPump",
    name: "輸液ポンプゲートウェイ (infusion pump gateway)",
    model: "IP-8",
    service: { name: "回線プロトコル (line protocol)", protocol: "tcp" },
  },
];
