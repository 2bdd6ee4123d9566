// A running session without network: what is done here is kept on the device, answered from what it holds, and the
// page gives way to the real one as soon as everything was sent.
import { bringHome } from "./offline.js";
import { counterOf, stateOf } from "./provisional.js";
import { answered } from "./queue.js";
import { actsOf, allHeld, heldOf, keep } from "./store.js";

const UNDO_MS = 10000;
const LOOK_MS = 10000;
const session = /^\/sessions\/([0-9a-f-]{36})$/.exec(location.pathname)?.[1];
const part = (name) => document.querySelector(`[data-part=${name}]`);
const held = session && await heldOf(session);
let undoUntil = 0;

function showVerdict({ id, said: { tone, word, sentence, next } }) {
  if (part("answer").dataset.of === id) return;
  part("answer").dataset.of = id;
  const made = document.querySelector(`template[data-verdict-in=${tone}]`).content.cloneNode(true);
  made.querySelector(".word").textContent = word;
  made.querySelector(".sentence").textContent = sentence;
  const further = made.querySelector(".next");
  if (next) further.querySelector("span").textContent = next;
  else further.remove();
  part("answer").replaceChildren(made);
  document.dispatchEvent(new Event("htmx:after:swap"));
}

function showNeedle(needle) {
  part("needle").hidden = !needle;
  if (!needle) return;
  const counter = counterOf(needle, held.policy, Date.now());
  const ring = part("needle").querySelector(".counter");
  ring.querySelector("svg").setAttribute("aria-label", `${counter.punctures} of ${counter.limit} punctures`);
  ring.querySelector(".fill").setAttribute("stroke-dasharray", `${counter.permille} 1000`);
  ring.querySelector(".mark").setAttribute("transform", `rotate(${counter.soon * 360} 100 100)`);
  const [count, limit] = ring.querySelectorAll("text");
  count.textContent = counter.punctures;
  limit.textContent = `of ${counter.limit}`;
  if (ring.dataset.tone !== counter.tone || !ring.dataset.shown) {
    const say = document.querySelector(`template[data-counter-in=${counter.tone}]`).content.cloneNode(true);
    ring.querySelector(".say").replaceChildren(say);
    if (ring.dataset.shown && counter.tone !== "go") navigator.vibrate?.([250]);
    Object.assign(ring.dataset, { tone: counter.tone, shown: "yes" });
  }
  part("sequence").textContent = needle.sequence;
  part("since").dataset.since = needle.since;
}

async function show() {
  const acts = await actsOf(session);
  const state = stateOf(held, acts);
  const last = acts.at(-1);
  if (last) showVerdict(last);
  undoUntil = last?.kind === "scan" && last.used ? Date.parse(last.device_at) + UNDO_MS : 0;
  for (const name of ["work", "close"]) part(name).hidden = state.over;
  part("over").hidden = !state.over;
  part("title").textContent = `Session ${held.session.number}`;
  part("waiting").textContent = acts.length === 1 ? "1 act waits on this device." : `${acts.length} acts wait on this device.`;
  tick(state.over ? null : state.needle);
}

let needleNow = null;
function tick(needle = needleNow) {
  needleNow = needle;
  showNeedle(needle);
  part("undo").hidden = Date.now() > undoUntil;
}

function listRegions() {
  const select = part("work").querySelector("select[name=region]");
  select.replaceChildren(...held.regions.map(({ key, label }) => new Option(label, key)));
  part("region").hidden = held.regions.length < 2;
}

async function showHeld() {
  const links = (await allHeld()).map(({ session: { id, number } }) => {
    const link = Object.assign(document.createElement("a"), { href: `/sessions/${id}`, textContent: `Session ${number}`, className: "button" });
    const line = document.createElement("li");
    line.append(link);
    return line;
  });
  part("held").replaceChildren(...links);
}

document.addEventListener("submit", async (event) => {
  const kind = event.target.dataset.kept;
  if (!kind) return;
  event.preventDefault();
  const { csrf_token: token, event_id: id, ...fields } = Object.fromEntries(new FormData(event.target));
  await keep({ id: crypto.randomUUID(), session, kind, fields });
  for (const input of event.target.querySelectorAll("input[inputmode=numeric]")) input.value = "";
  await show();
  if (kind === "scan") answered();
});

async function lookForNetwork() {
  const { why } = await bringHome();
  if (why === "network") return;
  if (await fetch("/healthz", { cache: "no-store" }).then(({ ok }) => ok, () => false)) location.reload();
}

// Put into the page only now: a scan that still waits in line goes on where somebody listens.
const content = document.querySelector(`template[data-when=${held ? "held" : "unknown"}]`).content.cloneNode(true);
document.querySelector("[data-place]").replaceChildren(content);
if (held) {
  listRegions();
  await show();
  setInterval(tick, 1000);
  answered();
} else {
  await showHeld();
}
document.documentElement.dataset.ready = "yes";
if (session) {
  setInterval(lookForNetwork, LOOK_MS);
  window.addEventListener("online", lookForNetwork);
}
