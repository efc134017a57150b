import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ApprovalGround } from "../../protocol/api/approval-ground.ts";
import type { AttestationList } from "../../protocol/api/attestation.ts";
import type { ChecklistView } from "../../protocol/api/checklist.ts";
import type { DownloadList } from "../../protocol/api/download.ts";
import type { GatewayList } from "../../protocol/api/gateway.ts";
import type { InstallationView } from "../../protocol/api/installation.ts";
import type { Me } from "../../protocol/api/me.ts";
import type { OwnAccount } from "../../protocol/api/own-account.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import type { RetentionList } from "../../protocol/api/retention.ts";
import type { SessionView } from "../../protocol/api/session.ts";
import type { TrustList } from "../../protocol/api/trust.ts";
import { setAuthorityNow } from "./clock.ts";
import { ApiError, ask } from "./http.ts";
import type {
  AccountList,
  AgentList,
  AuditPage,
  DeviceList,
  DeviceRecordList,
  GrantList,
  LockList,
  PersonList,
  RequestList,
  ServiceList,
  SessionEntries,
  SessionList,
  SiteList,
  VendorFileList,
  VendorList,
  WorkstationList,
} from "./views.ts";

/** Lists are asked for again this often even without a live event, in case one was missed. */
const refetchMs = 20_000;
const auditPageRecords = 50;

export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        retry: (count, error) =>
          count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
      },
    },
  });
  // The sign-in session lapsed under a page: show the sign-in page rather than one error per list or button.
  const lapse = (error: unknown) => {
    if (error instanceof ApiError && error.code === "unauthenticated") client.setQueryData(["me"], null);
  };
  client.getQueryCache().subscribe((event) => {
    if (event.type === "updated" && event.action.type === "error") lapse(event.action.error);
  });
  client.getMutationCache().subscribe((event) => {
    if (event.type === "updated" && event.action.type === "error") lapse(event.action.error);
  });
  return client;
}

/** Who is signed in; null when nobody is. */
export function useMe(enabled: boolean) {
  return useQuery({ queryKey: ["me"], queryFn: askMe, enabled, refetchInterval: 60_000 });
}

async function askMe(): Promise<Me | null> {
  try {
    const me = await ask<Me>("/api/me");
    setAuthorityNow(me.now);
    return me;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

const list = <T>(key: string) => ({
  queryKey: [key],
  queryFn: () => ask<T>(`/api/${key}`),
  refetchInterval: refetchMs,
});
const one = <T>(key: string, id: string) => ({
  queryKey: [key, id],
  queryFn: () => ask<T>(`/api/${key}/${encodeURIComponent(id)}`),
  refetchInterval: refetchMs,
});

export const useRequests = () => useQuery(list<RequestList>("requests"));
export const useRequest = (id: string) => useQuery(one<RequestView>("requests", id));
export const useGround = (id: string) =>
  useQuery({
    queryKey: ["requests", id, "ground"],
    queryFn: () => ask<ApprovalGround>(`/api/requests/${encodeURIComponent(id)}/ground`),
  });
export const useGrants = () => useQuery(list<GrantList>("grants"));
export const useSessions = () => useQuery(list<SessionList>("sessions"));
export const useSession = (id: string) => useQuery(one<SessionView>("sessions", id));
export const useDevices = () => useQuery(list<DeviceList>("devices"));
export const useWorkstations = () => useQuery(list<WorkstationList>("workstations"));
export const usePeople = () => useQuery(list<PersonList>("people"));
export const useVendors = () => useQuery(list<VendorList>("vendors"));
export const useLocks = () => useQuery(list<LockList>("locks"));
export const useServices = () => useQuery(list<ServiceList>("services"));
export const useChecklist = (enabled = true) => useQuery({ ...list<ChecklistView>("checklist"), enabled });
export const useAgents = () => useQuery(list<AgentList>("agents"));
export const useTrust = () => useQuery(list<TrustList>("trust"));
export const useAttestations = () => useQuery(list<AttestationList>("attestations"));
export const useVendorFiles = () => useQuery(list<VendorFileList>("vendor-files"));
export const useDownloads = () => useQuery(list<DownloadList>("downloads"));
export const useAccounts = () => useQuery(list<AccountList>("accounts"));
export const useOwnAccount = () => useQuery(list<OwnAccount>("account"));
export const useDeviceRecords = () =>
  useQuery({
    queryKey: ["devices", "register"],
    queryFn: () => ask<DeviceRecordList>("/api/register/devices"),
    refetchInterval: refetchMs,
  });
export const useInstallation = () =>
  useQuery({ queryKey: ["installation"], queryFn: () => ask<InstallationView>("/api/installation") });
export const useGateways = () =>
  useQuery({
    queryKey: ["agents", "gateways"],
    queryFn: () => ask<GatewayList>("/api/gateways"),
    refetchInterval: refetchMs,
  });
export const useSites = () => useQuery(list<SiteList>("sites"));

/** Kept with the sites: what is said of one makes both stale. */
export const useRetention = () =>
  useQuery({
    queryKey: ["sites", "retention"],
    queryFn: () => ask<RetentionList>("/api/retention"),
    refetchInterval: refetchMs,
  });

/**
 * So many pages of a recording, oldest first, as one. No infinite query: a live session is asked for again with each count,
 * and that would call off the next page while it is on its way.
 */
export function useEntries(session: string, pages: number) {
  return useQuery({
    queryKey: ["sessions", session, "entries", pages],
    queryFn: () => askEntries(session, pages),
    placeholderData: keepPreviousData,
    refetchInterval: refetchMs,
  });
}

async function askEntries(session: string, pages: number): Promise<SessionEntries> {
  const read: SessionEntries = { entries: [], next: 0 };
  for (let page = 0; page < pages && read.next !== null; page++) {
    const url = `/api/sessions/${encodeURIComponent(session)}/entries?from=${read.next}`;
    const { entries, next } = await ask<SessionEntries>(url);
    read.entries.push(...entries);
    read.next = next;
  }
  return read;
}

/** The log, newest first, of one outcome or about one id where these are told. */
export function useAudit(by: { outcome: string | null; subject: string | null }) {
  return useInfiniteQuery({
    queryKey: ["audit", by],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ limit: String(auditPageRecords) });
      if (pageParam !== null) query.set("before", String(pageParam));
      if (by.outcome !== null) query.set("outcome", by.outcome);
      if (by.subject !== null) query.set("subject", by.subject);
      return ask<AuditPage>(`/api/audit?${query}`);
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}
