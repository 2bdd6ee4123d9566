// [data-scan-test]: what a scanner types, with the milliseconds before each key.
// [data-setting]: what this device keeps for itself.
import { characterOf, suffixOf } from "./keys.js";
import { keyGap, remember, remembered } from "./memory.js";

const QUIET_MS = 500;
const HAND_MS = 200;
const SHORTEST = 6;
const form = document.querySelector("[data-scan-test]");
const field = form.querySelector("[name=typed]");
let keys = [];
let last = 0;
let timer = 0;
let isJudged = false;

document.addEventListener("keydown", (event) => {
  const key = suffixOf(event) || characterOf(event);
  if (!key || (event.target !== field && event.target.matches("input, select"))) return;
  const gap = Math.round(event.timeStamp - last);
  last = event.timeStamp;
  if (gap > HAND_MS) keys = [];
  if (key.length > 1 && keys.length < SHORTEST) return;
  if (isJudged) field.value = "";
  isJudged = false;
  keys.push([key, keys.length ? gap : 0]);
  if (event.target !== field || key.length > 1 || key < " ") {
    event.preventDefault();
    if (key.length === 1) field.value += key;
  }
  clearTimeout(timer);
  if (keys.length >= SHORTEST) timer = setTimeout(send, QUIET_MS);
}, true);

function send() {
  form.querySelector("[name=keys]").value = JSON.stringify(keys);
  form.querySelector("[name=gap]").value = keyGap();
  form.requestSubmit();
  keys = [];
  isJudged = true;
  setTimeout(() => { form.querySelector("[name=keys]").value = ""; });
}

for (const setting of document.querySelectorAll("[data-setting]")) {
  const kept = remembered(setting.dataset.setting);
  if (kept) setting.checked = setting.value === kept;
  setting.addEventListener("change", () => remember(setting.dataset.setting, setting.value));
}
