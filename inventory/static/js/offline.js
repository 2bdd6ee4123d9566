// What waits is shown and sent, a running session held, a new version offered.
import { hold, receipts, release, seen, waiting, wipe } from "./store.js";
import { flush } from "./sync.js";

const TRY_AGAIN_MS = 10000;
let pause = 1000; // Doubled until then.
const SETTLED_MS = 500; // A swap that is answered in parts is held once.
const session = /^\/sessions\/([0-9a-f-]{36})$/.exec(location.pathname)?.[1];
const said = document.querySelector("[data-outbox]");
const answer = document.querySelector("[data-session]");
let timer = 0;

function show({ waiting: count, why, sentence }, isSending = false) {
  if (!said) return;
  said.hidden = count === 0;
  const acts = count === 1 ? "1 act" : `${count} acts`;
  said.querySelector("span").textContent = isSending ? `Sending ${acts}`
    : why === "sign-in" ? `Sign in to send ${acts}`
    : why === "refused" ? `${acts} cannot be sent: ${sentence}` : `${acts} waiting for the network`;
  said.dataset.tone = why === "refused" ? "stop" : "caution";
}

export async function bringHome() {
  clearTimeout(timer);
  const left = (await waiting()).length;
  if (left) show({ waiting: left }, true);
  const outcome = left ? await flush() : { waiting: 0, sent: 0 };
  show(outcome);
  pause = outcome.sent ? 1000 : Math.min(2 * pause, TRY_AGAIN_MS);
  if (outcome.waiting) timer = setTimeout(bringHome, pause);
  else if (outcome.sent) document.dispatchEvent(new Event("brought-home"));
  return outcome;
}

async function holdThis() {
  const { session: id, hold: url } = answer.dataset;
  if (!url) return release(id);
  const answered = await fetch(url, { redirect: "manual", cache: "no-store" });
  if (!answered.ok) return undefined;
  const held = await answered.json();
  // What was done meanwhile without network stands on top of what was held before it.
  if ((await waiting()).some((act) => act.session === id)) return undefined;
  await hold(held);
  document.documentElement.dataset.held = held.taken_at;
  return navigator.storage?.persist?.();
}

async function showDifferences() {
  const place = document.querySelector("[data-brought-home]");
  const mine = (await receipts()).filter((receipt) => receipt.session === session && receipt.toShow);
  if (!place || !mine.length) return;
  const list = place.querySelector("ul");
  list.replaceChildren(...mine.map(({ at, sentence }) => {
    const line = document.createElement("li");
    line.textContent = `${new Date(at).toTimeString().slice(0, 5)}: ${sentence}`;
    return line;
  }));
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async () => {
    await seen(session);
    place.hidden = true;
  });
}

async function offerNewVersion() {
  const registration = await navigator.serviceWorker.register("/sw.js", { type: "module" });
  const place = document.querySelector("[data-new-version]");
  const offer = () => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => {
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
      registration.waiting.postMessage("take over");
    }, { once: true });
  };
  offer();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
}

// Signing out leaves nothing behind. What was not sent yet is lost only if the person says so.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (new URL(form.action, location).pathname !== "/sign-out" || !navigator.locks) return;
  event.preventDefault();
  const { waiting: left } = await bringHome();
  const question = `${left} of what you did without network was not sent yet. Signing out now deletes it from this device for good. Sign out all the same?`;
  if (left && !confirm(question)) return;
  clearTimeout(timer);
  await wipe();
  sessionStorage.clear(); // Scans that still waited in line.
  form.submit();
});

async function start() {
  document.addEventListener("brought-home", () => { if (session) location.reload(); });
  window.addEventListener("online", () => bringHome());
  offerNewVersion().catch(() => {}); // Refused by the browser: work needs the network then.
  await bringHome();
  if (answer) {
    await holdThis().catch(() => {});
    let settled = 0;
    document.addEventListener("htmx:after:swap", () => {
      clearTimeout(settled);
      settled = setTimeout(() => holdThis().catch(() => {}), SETTLED_MS);
    });
  }
  await showDifferences();
}

if (navigator.serviceWorker && navigator.locks) await start();
