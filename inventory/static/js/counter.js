// The running session: what time alone changes. The server decides the moments; here they only come.
import { remember, remembered } from "./memory.js";

const RANK = { go: 0, caution: 1, stop: 2 };
const SHAKE = { caution: [120], stop: [250, 120, 250] };

function turn(counter, tone) {
  if (RANK[counter.dataset.tone] >= RANK[tone]) return;
  counter.dataset.tone = tone;
  const said = counter.querySelector(`template[data-turn="${tone}"]`);
  counter.querySelector(".say")?.replaceChildren(said.content.cloneNode(true));
  remember(FELT, stateOf(counter), sessionStorage);
  navigator.vibrate?.(SHAKE[tone]);
}

// A page that is the answer to a count may bring another colour: felt once for each needle and colour.
const stateOf = (counter) => `${counter.closest("section").querySelector("dd")?.textContent} ${counter.dataset.tone}`;
const FELT = `felt ${location.pathname}`;

function feel() {
  const counter = document.querySelector(".counter[data-tone]");
  if (!counter) return;
  const [now, before] = [stateOf(counter), remembered(FELT, sessionStorage)];
  remember(FELT, now, sessionStorage);
  const shake = SHAKE[counter.dataset.tone];
  if (shake && before && before !== now && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(shake);
}

function look() {
  const now = Date.now();
  for (const counter of document.querySelectorAll("[data-due-at]")) {
    if (now >= Date.parse(counter.dataset.dueAt)) turn(counter, "stop");
    else if (now >= Date.parse(counter.dataset.soonAt)) turn(counter, "caution");
  }
  for (const wait of document.querySelectorAll("[data-wait]")) {
    const end = wait.querySelector("[data-until]");
    if (!end || now < Date.parse(end.dataset.until)) continue;
    end.parentElement.textContent = end.dataset.after;
    wait.dataset.tone = "go";
    navigator.vibrate?.([120]);
  }
}

feel();
document.addEventListener("htmx:after:swap", feel);
look();
setInterval(look, 1000);
