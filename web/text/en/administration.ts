export const administration = {
  area: {
    checklist: {
      title: "Checklist",
      lead: "From an empty installation to a first proved session, from top to bottom. What is done turns green by itself.",
    },
    people: {
      title: "People",
      lead: "Those who use this Genkan. Invite them, say what they are and until when, and disable who has left.",
    },
    sites: {
      title: "Sites",
      lead: "The hospitals that this Genkan guards. Requests, grants and the log show name and time zone.",
    },
    devices: {
      title: "Devices",
      lead: "What vendors maintain: where it is reached, through which agent, and under which contract.",
    },
    agents: {
      title: "Agents",
      lead: "The hosts beside the devices. Each verifies by itself what was approved, and only then dials the device.",
    },
    gateways: {
      title: "Gateways",
      lead: "They carry every session, and read none. The authority dials each one.",
    },
    approvers: {
      title: "Approval rules",
      lead: "Who must say yes before a device opens, at each site. Who administers proposes a rule, and those whom the rule in force requires sign it.",
    },
    retention: {
      title: "Retention",
      lead: "For how long each site means to keep recordings and what its log says. This version only notes it: nothing is deleted by itself.",
    },
    installation: {
      title: "Installation",
      lead: "Under which names people and devices' pages reach this Genkan.",
    },
    vendors: {
      title: "Vendors",
      lead: "Those who maintain devices here: contracts, papers, and who works for them.",
    },
  },
  origins: {
    title: "Names",
    portal: "Technicians' portal",
    staff: "Staff host",
    access: "Devices' pages",
    change: "Changing a name",
    changeHelp:
      "A passkey works under the name at which it was made: under another, its person needs a new link. With another staff host nobody can approve until each agent's host has accepted the list of approvers anew. So it is done on the authority's host: this command, with the new names in place of these, says what would happen, and asks once more before it does it.",
    command: "the command that changes the names",
  },
  record: {
    edit: "Change",
    save: "Save",
    done: "Saved.",
    active: "in use",
    disabled: "disabled",
    disable: "Disable",
    enable: "Enable",
  },
  site: {
    add: "Add a site",
    editTitle: "Change the site",
    none: "There is no site yet",
    noneHelp: "Add the first hospital.",
    name: "Name",
    nameHelp: "Shown wherever somebody asks or approves.",
    zone: "Time zone",
    zoneHelp: "Windows are shown in the time of this site.",
    contact: "Contact at night",
    contactHelp: "Such as the number that a technician in trouble calls",
    contactMissing: "none yet",
    disableAsk:
      "“{{name}}” will be disabled: what is connected is cut, and nobody can ask or connect until it is enabled again.",
    enableAsk: "“{{name}}” will be enabled: whoever has a grant in force can connect again.",
  },
  approverRules: {
    noList: "no list yet",
    waiting: "What waits for signatures",
    waitingHelp: "Until it is signed, the rules above hold, and agents accept no others.",
    toSign: "To the list to be signed",
    people: "Who can sign",
    edit: "Propose other rules",
    editTitle: "Rules of {{site}}",
    means: "What happens when you propose",
    meansHelp:
      "A new list of approvers with these rules waits for the passkey signatures that the rules in force require. Once signed, every request not yet decided is judged by them. Whatever already waits to be signed is replaced. Rules that nobody here could meet are refused.",
    line: "Requirement {{number}}",
    roles: "In one of these roles",
    persons: "Distinct persons",
    add: "Require others as well",
    remove: "Remove",
    removeOf: "Remove requirement {{number}}",
    propose: "Propose",
    done: "Proposed. It waits for signatures.",
  },
  retention: {
    recordings: "Recordings",
    log: "What the log says",
    forGood: "without end",
    days: "{{days}} days",
    least: "Days, {{days}} or more. Empty: without end",
    editTitle: "How long {{site}} keeps what",
    help: "This notes what the site has decided, and the log says who changed it. Nothing is deleted by itself in this version. The log's hashes stay for good in any case.",
  },
} as const;
