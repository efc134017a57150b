/**
 * Which fields of a request may reach a device. What browsers send by themselves, and what standards define for pages, may;
 * any other one is taken for a device's own, unless its name makes a claim: who asks, from where, who vouches for it, or
 * what was asked for in truth. Servers behind a proxy believe such fields; no page of theirs has to send them.
 */

/** Of browsers (https://fetch.spec.whatwg.org, RFC 9110 and 9111, client hints), less what stands between neighbours. */
const ofBrowsers = `accept accept-charset accept-encoding accept-language accept-datetime access-control-request-headers
  access-control-request-method authorization cache-control content-digest content-disposition content-encoding
  content-language content-length content-location content-md5 content-range content-type cookie date depth device-memory
  dnt downlink dpr ect if-match if-modified-since if-none-match if-range if-unmodified-since last-event-id origin ping-from
  ping-to pragma prefer priority purpose range referer repr-digest rtt save-data upgrade-insecure-requests user-agent
  viewport-width want-content-digest want-repr-digest width`;

/** Of pages: WebDAV (RFC 4918), SOAP, and what frameworks send that would read like a claim. None of them says who asks. */
const ofPages = `destination if lock-token overwrite timeout translate slug soapaction hx-current-url hx-target
  wicket-ajax-baseurl x-auth-token x-prototype-version x-requested-by x-requested-with`;

const known: ReadonlySet<string> = new Set([ofBrowsers, ofPages].flatMap((names) => names.split(/\s+/)));

/** Words of a claim, wherever they stand in a name. */
const stems =
  `access account addr admin akamai amzn anonymous assert auth azure claim client cloudflare cluster consumer
  credential customer employee envoy eppn fastly forward goog group host ident impersonat jwt kerberos login logon mail member
  method oauth oidc orig overrid peer person pomerium principal protocol proxie proxy query redirect remote rewrit role
  saml scheme shib siteminder subject tailscale tenant trust user verb verif vouch`.split(/\s+/);

/** Shorter ones, which would be found in any other word too. */
const words: ReadonlySet<string> = new Set(
  `accel actor arr as aud aws behalf by cert certificate cf city cn country dn edge email entitlement fingerprint for from gcp
  genkan geo https http iap ip ipv4 ipv6 issuer iss iv lb ms nameid oam on org owner party path pathinfo port prefix proto real realip region
  role script sendfile server sm source ssl sso staff sub subj sudo target tls true uid upn uri url usr via vpn worker x509`.split(
    /\s+/,
  ),
);

/** `name` in any case. Written with anything but letters, digits and hyphens, none is a device's own. */
export function mayReachDevice(name: string): boolean {
  const lower = name.toLowerCase();
  if (known.has(lower) || lower.startsWith("sec-")) return true;
  if (!/^[a-z0-9-]+$/.test(lower)) return false;
  const squashed = lower.replaceAll("-", "");
  return !lower.split("-").some((word) => words.has(word)) && !stems.some((stem) => squashed.includes(stem));
}
