// A wedge scanner types anywhere on a page with a scan field: a burst of keys, closer together than a hand can type,
// is a scan; with Enter, with Tab, with both, or with nothing after it. It is only ever text for the scan field.
import { characterOf, suffixOf } from "./keys.js";
import { keyGap } from "./memory.js";
import { scanField, take } from "./queue.js";

const SHORTEST = 6; // With a suffix; without one, the shortest barcode there is: EAN-8.
const SHORTEST_ALONE = 8;
const CABLE_MS = 50; // In free text only a burst by cable is told from a quick hand.
const PAUSE_MS = 500; // A busy device holds a key back now and then: three gaps of four must be a scanner's.
let burst = null; // { text, last, fast, isFree, touched: fields typed into, with their values before }.
let timer = 0;
let ignoreSuffixUntil = 0;

const isTreatmentRoom = document.body.dataset.room === "treatment";
const isChoice = (target) => target.matches("select, input[type=number]");
// The field that an answer replaces may still hold the focus.
const isScanField = (target) => target.matches("[data-scan-field]");
const isFreeText = (target) => !isChoice(target) && !isScanField(target)
  && target.matches("textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

document.addEventListener("keydown", (event) => {
  if (!scanField() || event.repeat || event.isComposing || document.querySelector("dialog[open]")) return;
  if (isFreeText(event.target) && !isTreatmentRoom) return; // Elsewhere a serial number may be scanned into its field.
  if (suffixOf(event)) ended(event);
  else if (characterOf(event)) typed(event, characterOf(event));
}, true);

function typed(event, character) {
  const { target, timeStamp } = event;
  const isFree = isFreeText(target);
  if (!burst || timeStamp - burst.last > PAUSE_MS || burst.isFree !== isFree) burst = { text: "", fast: 0, isFree, touched: new Map() };
  const isFast = burst.text !== "" && timeStamp - burst.last <= (isFree ? CABLE_MS : keyGap());
  if (!burst.touched.has(target)) burst.touched.set(target, target.value);
  burst.text += character;
  burst.fast += isFast;
  burst.last = timeStamp;
  ignoreSuffixUntil = 0;
  // A hand may type two digits of a number this fast, not four; a button must not be pressed by a space in a code.
  const typesHere = isFree || isScanField(target) || (isChoice(target) && burst.fast < 3);
  if (character < " " || (!typesHere && isFast)) event.preventDefault();
  if (character < " " && isScanField(target)) target.setRangeText(character, target.selectionStart, target.selectionEnd, "end");
  wait(Math.max(250, 3 * keyGap()));
}

const isScan = (shortest) => burst?.text.length >= shortest && burst.fast * 4 >= (burst.text.length - 1) * 3;

// A busy page hears keys late: the quiet counts only once it was idle.
function wait(quiet) {
  const due = performance.now() + quiet;
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (performance.now() - due > 50) wait(quiet);
    else if (isScan(SHORTEST_ALONE) && !burst.isFree) finish(performance.now());
  }, quiet);
}

function ended(event) {
  const ends = isScan(SHORTEST) && event.timeStamp - burst.last <= PAUSE_MS;
  if (!ends && event.timeStamp > ignoreSuffixUntil) {
    burst = null;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  ignoreSuffixUntil = 0;
  if (ends) finish(event.timeStamp);
}

function finish(moment) {
  const { text, touched } = burst;
  for (const [target, before] of touched) if (before !== undefined && "value" in target) target.value = before;
  burst = null;
  clearTimeout(timer);
  ignoreSuffixUntil = moment + 300;
  take(text);
}
