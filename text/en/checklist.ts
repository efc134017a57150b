import type { ChecklistReason, ChecklistStep } from "../../protocol/api/checklist.ts";

/** What is true once a step is done. */
export const checklistSteps = {
  site: "The hospital is registered.",
  gateway: "A gateway is reached.",
  certificates: "The certificates are in date.",
  approver: "A first approver has a passkey.",
  agent: "An agent has joined.",
  trust: "The agent has accepted the list of approvers.",
  vendor: "There are a first vendor and a technician.",
  device: "A first device is reached from its agent.",
  rehearsal: "A rehearsal has ended, and its log was exported.",
  backup: "There is a recent backup.",
} as const satisfies Record<ChecklistStep, string>;

/** Why it is not, and what to do now. */
export const checklistReasons = {
  "site-missing": "Add the hospital under Sites: its name, time zone and contact at night.",
  "contact-missing": "Say under Sites whom a technician calls at night.",
  "gateway-missing":
    "Run genkan-gateway init on the gateway's host, put the fingerprint that it prints into the command below, and run that on the server.",
  "gateway-away":
    "The authority does not reach the gateway. Check the gateway's service, and the firewall on the way to its port 443.",
  "certificate-expired": "A certificate has expired. Put a new file in its place; nothing need be restarted.",
  "certificate-ends-soon":
    "A certificate ends within two weeks. Put a new file in its place; nothing need be restarted.",
  "access-certificate-missing":
    "The agent has no certificate of the hosts for sessions in browsers. Put it on the agent's host, name it in /etc/genkan/agent.env, and restart the service.",
  "approver-missing":
    "Add a person with the role approver of the hospital, and have them make a passkey by their link.",
  "agent-missing":
    "Run the command below on the server, and the join command that it prints on a host in the devices' network.",
  "agent-away": "The agent is not connected. Check its service, and its way out to port 443 of the gateway.",
  "trust-not-accepted":
    "Compare the fingerprint in the command below with the list of approvers on the page Agents, and run it on the agent's host.",
  "vendor-missing": "Add a vendor.",
  "technician-missing": "Add a technician of the vendor, and hand over the enrolment link.",
  "device-missing": "Add a device behind the agent, with its address, port and vendor.",
  "device-not-listed": "The agent's allow-list does not name the device. The page Agents shows the lines to add.",
  "device-not-tested": "Press Test reach at the device on the page Agents.",
  "device-not-reached": "The device is not reached. See what the last test found on the page Agents.",
  "session-missing": "Have the technician ask for a short window; approve it, connect, and end the session once.",
  "export-missing": "Export the log on the page Log, and verify it with the command below.",
  "backup-missing": "Make a recovery key and a backup. Keep the key apart from the backups.",
  "backup-old": "The newest backup is more than eight days old. Have one made by itself each day or week.",
} as const satisfies Record<ChecklistReason, string>;
