import { expect, test } from "vitest";
import { mayReachDevice } from "../../../channels/http-claim.ts";

/** What browsers, pages and their frameworks send. */
const pages =
  `Accept Accept-Language Authorization Cache-Control Content-Type Cookie Depth Destination DNT If If-None-Match
  Last-Event-ID Lock-Token Origin Overwrite Range Referer Sec-Fetch-Site Sec-WebSocket-Key sec-ch-ua SOAPAction Timeout
  Upgrade-Insecure-Requests User-Agent X-Requested-With X-CSRF-Token X-CSRFToken X-XSRF-TOKEN X-Auth-Token X-Api-Key
  X-Request-Id X-Session-Token X-File-Name X-Prototype-Version X-MicrosoftAjax X-GWT-Permutation Faces-Request Wicket-Ajax
  Wicket-Ajax-BaseURL HX-Request HX-Current-URL X-PumpSession Nonce X-Device-Serial-Nr`.split(/\s+/);

/** Claims that proxies and gateways of many makers hand to what stands behind them. */
const claims = `Forwarded From Via X-Forwarded-For X-Forwarded-User X-Forwarded-Access-Token X-Real-IP X-Original-URL
  X-Rewrite-URL X-Original-Host X-HTTP-Method-Override X-HTTP-Method X-Method-Override X-Auth-User X-Auth-Request-Email
  Remote-User X-Remote-User X-WebAuth-User SM_USER SMUSER SM-UserDN iv-user iv-groups OAM_REMOTE_USER Cf-Access-Jwt-Assertion
  Cf-Access-Authenticated-User-Email CF-Connecting-IP True-Client-IP Client-IP X-Client-DN X-SSL-Client-Cert SSL_CLIENT_S_DN
  Ssl-Client-Verify X-Client-Cert X-ARR-ClientCert X-TLS-Subject X-Amzn-Oidc-Identity X-Goog-Authenticated-User-Email
  X-Goog-Iap-Jwt-Assertion X-MS-Client-Principal X-Pomerium-Claim-Email Tailscale-User-Login Impersonate-User X-User
  X-Username X-Userid X-Role X-Groups X-Email X-Login X-Account X-Consumer-Username X-Credential-Identifier X-Vouch-User
  X-Shib-Session eppn Shib-eppn OIDC_CLAIM_sub X-Token-Subject X-ProxyUser-Ip X-Originating-IP X-Cluster-Client-IP Fastly-Client-IP
  X-Azure-ClientIP X-Envoy-Peer X-Accel-Redirect X-Sendfile X-Host X-Forwarded-Proto X-Scheme Front-End-Https X-Url-Scheme
  Request-Uri X-Genkan-Person X-Remote-Addr Remote_Addr X-Custom-IP-Authorization Max-Forwards X-Identity X-Principal
  X-Authenticated-Userid X-On-Behalf-Of X-Sudo X-Act-As X-Admin x_forwarded_for X_Custom X.Custom`.split(/\s+/);

test.each(pages)("%s is a page's own", (name) => {
  for (const one of [name, name.toUpperCase(), name.toLowerCase()])
    expect([one, mayReachDevice(one)]).toEqual([one, true]);
});

test.each(claims)("%s makes a claim", (name) => {
  for (const one of [name, name.toUpperCase(), name.replaceAll("-", "_")]) {
    expect([one, mayReachDevice(one)]).toEqual([one, false]);
  }
});
