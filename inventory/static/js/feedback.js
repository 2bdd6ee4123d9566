// A verdict is seen, heard and felt.
import { remember, remembered } from "./memory.js";
import { scanField } from "./queue.js";

// Tones as [Hz, start, seconds]: go rises, caution comes twice, stop is one low buzz.
const SOUNDS = {
  go: { wave: "sine", tones: [[660, 0, 0.1], [990, 0.1, 0.16]] },
  caution: { wave: "triangle", tones: [[520, 0, 0.14], [520, 0.22, 0.14]] },
  stop: { wave: "sawtooth", tones: [[120, 0, 0.6]] },
};
const VIBRATIONS = { go: [60], caution: [90, 90, 90], stop: [450] };
const LATE_MS = 500;
const announced = new WeakSet();
const isMuted = () => remembered("muted") === "yes";
let audio = null;

// Browsers give sound only after a first tap or key.
function unlock() {
  audio ??= new AudioContext();
  if (audio.state !== "running") audio.resume();
}
for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, unlock, true);

async function sound(tone) {
  if (isMuted() || !SOUNDS[tone]) return;
  const asked = performance.now();
  audio ??= new AudioContext();
  await audio.resume();
  if (performance.now() - asked > LATE_MS) return;
  const { wave, tones } = SOUNDS[tone];
  for (const [frequency, start, seconds] of tones) play(wave, frequency, audio.currentTime + start, seconds);
}

function play(type, frequency, start, seconds) {
  const oscillator = new OscillatorNode(audio, { type, frequency });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setTargetAtTime(0.5, start, 0.01);
  volume.gain.setTargetAtTime(0, start + seconds, 0.02);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + seconds + 0.2);
}

// A scan refused without a verdict stops the work all the same.
const answer = () => document.querySelector(scanField() ? "[data-verdict], [data-error-summary]" : "[data-verdict]");

function announce() {
  const verdict = answer();
  if (!verdict || announced.has(verdict)) return;
  announced.add(verdict);
  const tone = verdict.dataset.verdict ?? "stop";
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  verdict.scrollIntoView({ block: "nearest", behavior: isStill ? "auto" : "smooth" });
  sound(tone);
  navigator.vibrate?.(VIBRATIONS[tone] ?? []);
}

// On a phone focus would bring up the keys.
function refocus() {
  if (document.activeElement?.matches("input, select, textarea") || document.querySelector("dialog[open]")) return;
  const ready = matchMedia("(hover: hover) and (pointer: fine)").matches ? scanField() : answer();
  ready?.focus({ preventScroll: true });
}

function showMute() {
  const button = document.querySelector("[data-mute]");
  button?.setAttribute("aria-pressed", String(isMuted()));
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-mute]")) return;
  remember("muted", isMuted() ? "no" : "yes");
  showMute();
});
document.addEventListener("htmx:after:swap", () => {
  announce();
  refocus();
  showMute();
});
if (performance.getEntriesByType("navigation")[0]?.type === "navigate") announce();
showMute();
