// One way in for every scan: into the scan field, whose form is submitted. Scans that come meanwhile wait in line, over
// a new page too, and none is lost.
import { receive, remember, remembered } from "./memory.js";

const LINE = `scans-waiting ${location.pathname}`;
const KEPT_MS = 300000; // A line left behind by a page that was closed belongs to another moment.
const NO_ANSWER_MS = 16000; // Just after app.js lets a form go that was never answered.
const LOOK_MS = 2000; // Nobody has read a stop verdict sooner.
const TWICE_MS = 3000; // The same code sooner than this is one label read twice; not where boxes of a lot are counted.
const BADGE = /^https?:\/\/[^/]+\/B\/[^/]+$/i;
let flight = null; // The scan being answered: { form, text, tries, timer }.
let held = false; // A stop verdict is on the screen: the line waits until somebody has looked.
let stoppedAt = -LOOK_MS;
let isLeaving = false; // For the page of somebody who takes over.
let typed = ""; // By hand: outlives a scan from elsewhere.

export const scanField = () => document.querySelector("[data-scan-field]");
const formOf = (ctx) => (ctx?.sourceElement?.querySelector?.("[data-scan-field]") ? ctx.sourceElement : null);

function left() {
  const kept = JSON.parse(remembered(LINE, sessionStorage) || "null");
  return kept && Date.now() - kept.at < KEPT_MS ? kept.texts : [];
}
let line = left();

function keep(texts) {
  line = texts;
  remember(LINE, JSON.stringify({ at: Date.now(), texts }), sessionStorage);
  show();
}

let last = { text: "", at: -TWICE_MS };

export function take(text) {
  if (!scanField()) return;
  const now = performance.now();
  const isTwice = text === last.text && now - last.at < TWICE_MS && !scanField().closest("[data-scan-repeats]");
  last = { text, at: now };
  if (isTwice) return;
  held ||= performance.now() - stoppedAt < LOOK_MS;
  if (flight || held || isLeaving) keep([...line, text]);
  else send(text);
}

function send(text, field = scanField()) {
  if (BADGE.test(text) && !/\/switch\b/.test(field.form.action)) return takeOver(text);
  typed = field.value;
  field.value = text;
  field.form.requestSubmit();
}

// A badge scanned at a page: from now on the page, and the scans that wait, are that person's.
function takeOver(text) {
  const form = Object.assign(document.createElement("form"), {
    method: "post", action: `${document.body.dataset.badgeUrl}?next=${encodeURIComponent(location.pathname)}`, hidden: true,
  });
  const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  if (!token) {
    document.querySelector("[data-scan-status]").textContent = "Without network a badge opens nothing. Go on with the session.";
    return;
  }
  const { value: event } = scanField().form.elements.event_id;
  for (const [name, value] of Object.entries({ csrf_token: token, event_id: event, text })) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  isLeaving = true;
  form.submit();
}

function next() {
  if (!scanField() || isLeaving) return; // Signed out meanwhile.
  const [text, ...rest] = line;
  const isStop = document.querySelector("[data-verdict]")?.dataset.verdict === "stop";
  if (isStop) stoppedAt = performance.now();
  held = isStop && text !== undefined;
  if (text !== undefined && !held) goOn(text, rest);
  show();
}

function goOn(text, rest) {
  held = false;
  stoppedAt = -LOOK_MS;
  keep(rest);
  send(text);
}

function show() {
  const status = document.querySelector("[data-scan-status]");
  if (!status) return;
  const waiting = line.length;
  const wait = waiting === 1 ? "1 more scan waits." : `${waiting} more scans wait.`;
  const said = [flight && (flight.tries ? "No answer yet. The scan is kept and sent again." : "Checking the scan."),
    waiting && wait, held && "Read the answer first."];
  status.textContent = said.filter(Boolean).join(" ");
  document.querySelector("[data-scan-go-on]").hidden = !held;
}

document.addEventListener("submit", (event) => {
  const field = event.target.querySelector("[data-scan-field]");
  if (!field) return;
  const text = field.value;
  if (flight && !flight.again) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (text && text !== flight.text) keep([...line, text]);
  } else if (flight) {
    flight.again = false;
  } else {
    flight = { form: event.target, text, tries: 0 };
  }
  if (flight) {
    clearTimeout(flight.timer);
    flight.timer = setTimeout(sendAgain, NO_ANSWER_MS);
  }
  const rest = typed;
  typed = "";
  setTimeout(() => { field.value = rest; });
  show();
}, true);

// The same form carries the same event id: counted once.
function sendAgain() {
  if (!flight?.form.isConnected || !flight.form.matches("[hx-post]")) return answered();
  flight.again = true;
  send(flight.text, flight.form.querySelector("[data-scan-field]"));
}

function unanswered() {
  flight.tries += 1;
  clearTimeout(flight.timer);
  flight.timer = setTimeout(sendAgain, Math.min(1000 * 2 ** flight.tries, NO_ANSWER_MS));
  show();
}

export function answered() {
  clearTimeout(flight?.timer);
  flight = null;
  next();
}

document.addEventListener("htmx:error", ({ detail }) => {
  if (flight && formOf(detail.ctx) === flight.form) unanswered();
});
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (!flight || formOf(ctx) !== flight.form || ctx.response.status < 500) return;
  event.preventDefault();
  unanswered();
});
// A refusal is a whole page, to be shown as one.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  receive(ctx.response);
  if (!formOf(ctx) || !/^\s*<!doctype/i.test(ctx.text)) return;
  // Signed out meanwhile, by token or by time: the scan was not taken, and goes on after signing in.
  if (flight && [400, 401].includes(ctx.response.status)) keep([flight.text, ...line]);
  Object.assign(ctx, { target: document.getElementById("main"), select: "#main", swap: "outerHTML" });
});

document.addEventListener("htmx:before:swap", ({ detail }) => {
  typed = scanField()?.value ?? "";
  for (const { fragment } of detail.tasks) {
    for (const field of fragment?.querySelectorAll("[data-scan-field]") ?? []) field.autofocus = false;
  }
});
document.addEventListener("htmx:after:swap", () => {
  const field = scanField();
  if (field && !field.value) field.value = typed;
  typed = "";
  if (flight && !flight.form.isConnected) answered();
  else show();
});
window.addEventListener("online", () => { if (flight?.tries) sendAgain(); });
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) answered(); });
document.addEventListener("click", (event) => {
  const [text, ...rest] = line;
  if (event.target.closest("[data-scan-go-on]") && text !== undefined) goOn(text, rest);
});

next();
