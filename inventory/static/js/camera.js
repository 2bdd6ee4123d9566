// The camera as a scanner: what it reads inside the frame goes the way of every scan.
import { remember, remembered } from "./memory.js";
import { take } from "./queue.js";
import { readerFor } from "./reader.js";

const FORGET_MS = 3000; // The same code counts again only after it was out of sight for so long.
const BETWEEN_LOOKS_MS = 100;
const AIM = { width: 0.86, height: 0.76 }; // As .camera .aim in app.css; what lies outside is darkened and not read.
const WIDEST = 1024;
const OR_TYPE = "Or type the code printed below the label.";
const REASONS = {
  Insecure: "Without https the browser keeps the camera shut. Open Sterilog by its https address.",
  NotAllowedError: "The camera was refused. Allow it for this site in the browser's settings, then tap Start.",
  NotFoundError: "No camera was found. Connect one, then tap Start.",
  NotReadableError: "Another program is using the camera. Close it, then tap Start.",
};
const NOT_LOADED = "The reader could not be loaded. Check the connection, then tap Start.";
const canvas = document.createElement("canvas");
const picture = canvas.getContext("2d", { willReadFrequently: true });
const seen = new Map();
let panel = null;
let stream = null;
let where = {};

const part = (name) => panel.querySelector(`[data-camera-${name}]`);
const track = () => stream?.getVideoTracks()[0];

export function open(button) {
  where = { ...button.dataset };
  if (!panel?.isConnected) {
    panel = document.querySelector("template[data-camera-panel]").content.firstElementChild.cloneNode(true);
    document.getElementById("main").prepend(panel);
    panel.addEventListener("click", pressed);
  }
  panel.scrollIntoView({ block: "nearest" });
  return start();
}

function pressed(event) {
  const button = event.target.closest("button");
  if (button === part("start")) start();
  if (button === part("switch")) switchCamera();
  if (button === part("light")) light(button.getAttribute("aria-pressed") !== "true");
  if (button !== part("close")) return;
  stop();
  panel.remove();
}

function say(sentence) {
  part("says").textContent = sentence;
}

function stop() {
  for (const running of stream?.getTracks() ?? []) running.stop();
  stream = null;
}

async function start() {
  stop();
  part("start").hidden = true;
  say("Starting the camera.");
  try {
    const [reader, opened] = await Promise.all([readerFor(where), pictures()]);
    stream = opened;
    if (!panel.isConnected) return stop();
    await showing();
    say("Hold a code inside the frame.");
    await look(reader, opened);
  } catch (error) {
    stop();
    say(`${REASONS[error.name] ?? NOT_LOADED} ${OR_TYPE}`);
    part("start").hidden = error.name === "Insecure";
  }
}

async function pictures(chosen = remembered("camera")) {
  if (!navigator.mediaDevices?.getUserMedia) throw Object.assign(new Error(), { name: "Insecure" });
  const video = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const which = chosen ? { deviceId: { exact: chosen } } : { facingMode: "environment" };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...video, ...which } });
  } catch (error) {
    if (chosen && error.name === "OverconstrainedError") return pictures(null); // The remembered one is gone.
    throw error;
  }
}

async function showing() {
  const video = panel.querySelector("video");
  video.srcObject = stream;
  await video.play();
  const able = track().getCapabilities?.() ?? {};
  if (able.focusMode?.includes("continuous")) set({ focusMode: "continuous" });
  part("light").hidden = !able.torch;
  part("light").setAttribute("aria-pressed", "false");
  part("switch").hidden = (await cameras()).length < 2;
}

const set = (constraint) => track().applyConstraints({ advanced: [constraint] }).catch(() => {});
const cameras = async () => (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");

async function light(on) {
  await set({ torch: on });
  part("light").setAttribute("aria-pressed", String(on));
}

async function switchCamera() {
  const ids = (await cameras()).map(({ deviceId }) => deviceId);
  remember("camera", ids[(ids.indexOf(track()?.getSettings().deviceId) + 1) % ids.length]);
  start();
}

async function look(reader, opened) {
  while (stream === opened && panel.isConnected) {
    const found = nearest(await reader.detect(framed()));
    if (found && stream === opened) read(found.rawValue);
    await new Promise((then) => { setTimeout(then, BETWEEN_LOOKS_MS); });
  }
  if (stream === opened) stop();
}

// Inside the frame: the video covers its box.
function framed() {
  const video = panel.querySelector("video");
  const cover = Math.max(video.clientWidth / video.videoWidth, video.clientHeight / video.videoHeight);
  const [width, height] = [AIM.width * video.clientWidth / cover, AIM.height * video.clientHeight / cover];
  const shrink = Math.min(1, WIDEST / width);
  canvas.width = Math.max(1, Math.round(width * shrink));
  canvas.height = Math.max(1, Math.round(height * shrink));
  const [left, top] = [(video.videoWidth - width) / 2, (video.videoHeight - height) / 2];
  picture.drawImage(video, left, top, width, height, 0, 0, canvas.width, canvas.height);
  return picture.getImageData(0, 0, canvas.width, canvas.height);
}

// Of several labels in sight the one aimed at.
function nearest(found) {
  const away = ({ boundingBox: box }) =>
    Math.hypot(box.x + box.width / 2 - canvas.width / 2, box.y + box.height / 2 - canvas.height / 2);
  return [...found].sort((one, other) => away(one) - away(other))[0];
}

function read(text) {
  const [now, last] = [performance.now(), seen.get(text)];
  seen.set(text, now);
  if (last === undefined || now - last > FORGET_MS) take(text);
}

function pause() {
  if (!stream) return;
  stop();
  say("The camera rests. Tap Start to go on.");
  part("start").hidden = false;
}
document.addEventListener("visibilitychange", () => { if (document.hidden) pause(); });
window.addEventListener("pagehide", pause);
