// Everything here only helps: each page works without it. Behaviour is bound by data- attributes.
import "./wedge.js";
import "./feedback.js";

const all = (selector, root = document) => root.querySelectorAll(selector);

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

// [data-dialog="id"], [data-close], [data-print], [data-theme-toggle], [data-camera]
const clicks = {
  "[data-dialog]": (opener) => document.getElementById(opener.dataset.dialog).showModal(),
  "[data-close]": (closer) => closer.closest("dialog").close(),
  "[data-print]": () => window.print(),
  "[data-camera]": (opener) => import("./camera.js").then(({ open }) => open(opener)).catch(() => {
    const sentence = "The camera could not be loaded. Check the connection and load the page again.";
    document.querySelector("[data-scan-status]").textContent = sentence;
  }),
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

// A page opened without https has no camera, but a phone does: its button then says what to do.
async function hasCamera() {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return !isSecureContext || devices.some(({ kind }) => kind === "videoinput");
}
const camera = hasCamera();

async function reveal() {
  for (const element of all("[data-needs-script]")) element.hidden = false;
  if (await camera) for (const button of all("[data-camera]")) button.hidden = false;
}
reveal();
document.addEventListener("htmx:after:swap", reveal);
document.querySelector("[data-error-summary]")?.focus();
