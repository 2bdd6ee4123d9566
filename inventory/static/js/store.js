// What this device keeps: itself, the sessions it holds, the acts not yet sent, and the server's receipts for those
// that were. Never a patient's reference.
import { deleteDB, openDB } from "../vendor/idb-8.0.4/index.js";
import { verdictOn } from "./provisional.js";

const NAME = "sterilog";
const RECEIPTS_KEPT_MS = 7 * 24 * 3600 * 1000;
let opened;

function upgrade(database) {
  database.createObjectStore("device");
  database.createObjectStore("held", { keyPath: "session.id" });
  database.createObjectStore("outbox", { keyPath: "seq" });
  database.createObjectStore("receipts", { keyPath: "id" });
}

function close() {
  opened?.then((database) => database.close());
  opened = undefined;
}

const database = () => (opened ??= openDB(NAME, 1, { upgrade, blocking: close, terminated: () => { opened = undefined; } }));

const newDevice = () => {
  const id = crypto.randomUUID();
  const kind = /iPad|iPhone|Android|Windows|Mac|Linux/.exec(navigator.userAgent)?.[0] ?? "Device";
  return { id, seq: 0, name: `${kind} ${id.slice(0, 4)}` };
};

export const device = async () => (await database()).get("device", "self");
export const heldOf = async (session) => (await database()).get("held", session);
export const allHeld = async () => (await database()).getAll("held");
export const waiting = async () => (await database()).getAll("outbox");
export const receipts = async () => (await database()).getAll("receipts");
export const hold = async (held) => (await database()).put("held", held);
export const release = async (session) => (await database()).delete("held", session);

export async function actsOf(session) {
  return (await waiting()).filter((act) => act.session === session);
}

// Keeps an act with its provisional verdict, and is done only when it would survive a flat battery. The same act kept
// twice is one. Undefined where the session is not held here.
export async function keep({ id, session, kind, fields }) {
  const transaction = (await database()).transaction(["device", "held", "outbox"], "readwrite", { durability: "strict" });
  const [devices, outbox] = [transaction.objectStore("device"), transaction.objectStore("outbox")];
  const held = await transaction.objectStore("held").get(session);
  if (!held) return undefined;
  const all = await outbox.getAll();
  const known = all.find((act) => act.id === id);
  if (known) return known;
  const self = (await devices.get("self")) ?? newDevice();
  const at = new Date();
  const said = verdictOn(held, all.filter((act) => act.session === session), { kind, fields }, localDay(at));
  const act = {
    seq: self.seq + 1, id, session, kind, fields, device_at: at.toISOString(), token: held.token, used: said.used, said,
  };
  await outbox.add(act);
  await devices.put({ ...self, seq: act.seq }, "self");
  await transaction.done;
  return act;
}

// An act leaves only together with its receipt. What the server judged otherwise than this device is to be shown.
export async function settle(acts, replies) {
  const transaction = (await database()).transaction(["outbox", "receipts"], "readwrite", { durability: "strict" });
  for (const reply of replies) {
    const act = acts.find(({ id }) => id === reply.id);
    if (!act || !["applied", "refused", "conflict", "late"].includes(reply.outcome)) continue;
    const differs = act.used && (reply.outcome !== "applied" || reply.verdict?.tone === "red");
    const sentence = reply.sentence ?? reply.verdict?.sentence ?? "";
    const { id, session, kind, device_at: at } = act;
    transaction.objectStore("receipts").put({ ...reply, id, session, kind, at, sentence, toShow: differs });
    transaction.objectStore("outbox").delete(act.seq);
  }
  await transaction.done;
}

export async function seen(session) {
  const transaction = (await database()).transaction("receipts", "readwrite");
  for (const receipt of await transaction.store.getAll()) {
    const isOld = Date.now() - Date.parse(receipt.at) > RECEIPTS_KEPT_MS;
    if (isOld) transaction.store.delete(receipt.id);
    else if (receipt.session === session && receipt.toShow) transaction.store.put({ ...receipt, toShow: false });
  }
  await transaction.done;
}

export async function wipe() {
  close();
  await deleteDB(NAME);
}

const two = (number) => String(number).padStart(2, "0");
const localDay = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
