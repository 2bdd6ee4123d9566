// Between the pages and the network. A page of a session that cannot be fetched is replaced by the one that works
// without network; an act of a running session that cannot be sent is kept on this device, with its own event id.
import { heldOf, keep } from "./store.js";

const NO_ANSWER_MS = 8000;
const SESSION = /^\/sessions\/([0-9a-f-]{36})(?:\/([a-z-]+))?$/;
const KINDS = {
  scans: "scan", count: "count", region: "region", "must-change": "must_change", syringe: "syringe", undo: "undo", close: "close",
};
const isAway = ({ status }) => [502, 503, 504].includes(status);

// `files` are what the page without network needs, under exactly the addresses it asks for.
export function serve({ version, room, files }) {
  const cacheName = `sterilog ${version}`;

  async function install() {
    const cache = await caches.open(cacheName);
    await cache.addAll([room, ...files].map((url) => new Request(url, { cache: "reload", credentials: "omit" })));
  }

  async function activate() {
    for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name);
    await self.clients.claim();
  }

  async function file(request, url) {
    const cache = await caches.open(cacheName);
    const isFixed = url.searchParams.has("v") || url.pathname.startsWith("/static/vendor/");
    const kept = await cache.match(request);
    if (kept && isFixed) return kept;
    try {
      const answer = await fetch(request);
      // The camera's reader is large, so it is kept only where it was used.
      if (answer.ok && isFixed) await cache.put(request, answer.clone());
      return answer;
    } catch (fault) {
      if (kept) return kept;
      throw fault;
    }
  }

  async function page(request, session) {
    try {
      const answer = await fetch(request, { signal: AbortSignal.timeout(NO_ANSWER_MS) });
      if (!isAway(answer) || !(session && await heldOf(session))) return answer;
    } catch {
      // shown below
    }
    return (await caches.match(room)) ?? Response.error();
  }

  async function act(request, session, kind) {
    const copy = request.clone();
    try {
      const answer = await fetch(request, { signal: AbortSignal.timeout(NO_ANSWER_MS) });
      if (!isAway(answer)) return answer;
    } catch {
      // kept below
    }
    const { csrf_token: token, event_id: id, ...fields } = Object.fromEntries(await copy.formData());
    if (!(await keep({ id, session, kind, fields }))) return Response.error();
    return request.headers.has("HX-Request")
      ? new Response("", { headers: { "HX-Refresh": "true" } })
      : Response.redirect(`/sessions/${session}`, 303);
  }

  self.addEventListener("install", (event) => event.waitUntil(install()));
  self.addEventListener("activate", (event) => event.waitUntil(activate()));
  self.addEventListener("message", ({ data }) => { if (data === "take over") self.skipWaiting(); });
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== location.origin) return;
    const [, session, step] = SESSION.exec(url.pathname) ?? [];
    if (request.method === "POST" && KINDS[step]) event.respondWith(act(request, session, KINDS[step]));
    else if (request.method !== "GET") return;
    else if (url.pathname.startsWith("/static/")) event.respondWith(file(request, url));
    else if (request.mode === "navigate") event.respondWith(page(request, step ? undefined : session));
  });
}
