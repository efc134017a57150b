import { met } from "../../protocol/quorum.ts";
import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

/** Those who said yes are enough, and count still: nobody's own yes, and none beyond their key or what they are at the site. */
export const quorumMet: Check<AdmitFacts> = {
  reason: "quorum-met",
  holds: ({ grant }, now) => met(grant.requirements, counted(grant, now)),
  edge: ({ grant }, now) => {
    const ends = counted(grant, now).map(({ until }) => until);
    return ends.length > 0 ? Math.min(...ends) : null;
  },
};

const counted = ({ person: own, approvers }: AdmitFacts["grant"], now: number) =>
  approvers.filter(({ person, until }) => person !== own && now < until);
