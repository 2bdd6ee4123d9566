// Everything here only helps: each page works without it. Behaviour is bound by data- attributes.
const all = (selector, root = document) => root.querySelectorAll(selector);
const scanField = () => document.querySelector("[data-scan-field]");
const TYPING = "input, textarea, select, [contenteditable]";

// [data-once]: a second submit is ignored until the first is answered.
const sent = new Map();

function release(form) {
  clearTimeout(sent.get(form));
  sent.delete(form);
  form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form) return;
  if (sent.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.setAttribute("aria-busy", "true");
  // An answer that never comes must not lock the page; the event id keeps a repeat harmless.
  sent.set(form, setTimeout(release, 15000, form));
}, true);

const releaseAll = () => [...sent.keys()].forEach(release);
window.addEventListener("pageshow", releaseAll);
document.addEventListener("htmx:finally:request", releaseAll);

// [data-scan-field]: a scanner types like a keyboard, only faster. Three keys closer together than data-scan-gap
// milliseconds are a scanner, so a person pressing one key never loses the focus.
const BURST = 3;
let burst = "";
let lastKey = 0;

function scannedCharacter(event) {
  if (event.ctrlKey && (event.key === "]" || event.code === "BracketRight")) return "\u001d"; // GS1 separator
  if (event.ctrlKey || event.metaKey || (event.altKey && !event.getModifierState("AltGraph"))) return "";
  return event.key.length === 1 ? event.key : "";
}

document.addEventListener("keydown", (event) => {
  const field = scanField();
  const character = scannedCharacter(event);
  if (!field || !character || document.querySelector("dialog[open]")) return;
  if (event.target === field) {
    if (character === "\u001d") {
      event.preventDefault();
      field.setRangeText(character, field.selectionStart, field.selectionEnd, "end");
    }
    return;
  }
  if (event.target.closest(TYPING)) return;
  const gap = Number(field.dataset.scanGap || 80);
  burst = event.timeStamp - lastKey > gap ? character : burst + character;
  lastKey = event.timeStamp;
  if (burst.length < BURST) return;
  event.preventDefault();
  field.value = burst;
  field.focus();
  burst = "";
}, true);

const refocus = () => {
  const field = scanField();
  if (field && !document.activeElement?.closest(`${TYPING}, dialog`)) field.focus({ preventScroll: true });
};
document.addEventListener("htmx:after:swap", refocus);

// [data-since="ISO"] counts up, [data-until="ISO"] counts down to 00:00.
function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const rest = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60];
  return `${hours ? `${hours}:` : ""}${two(minutes)}:${two(rest % 60)}`;
}

function tick() {
  const now = Date.now();
  for (const timer of all("[data-since]")) timer.textContent = clock((now - Date.parse(timer.dataset.since)) / 1000);
  for (const timer of all("[data-until]")) timer.textContent = clock((Date.parse(timer.dataset.until) - now) / 1000);
}
tick();
setInterval(tick, 1000);

// [data-dialog="id"], [data-close], [data-print], [data-theme-toggle]
const clicks = {
  "[data-dialog]": (opener) => document.getElementById(opener.dataset.dialog).showModal(),
  "[data-close]": (closer) => closer.closest("dialog").close(),
  "[data-print]": () => window.print(),
  "[data-theme-toggle]": () => {
    const root = document.documentElement;
    const dark = root.dataset.theme === "dark"
      || (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  },
};

document.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(clicks)) {
    const element = event.target.closest(selector);
    if (!element) continue;
    event.preventDefault();
    act(element);
  }
});

for (const element of all("[data-needs-script]")) element.hidden = false;
document.querySelector("[data-error-summary]")?.focus();
