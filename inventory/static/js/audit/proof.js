// Checks an export of the record as verify.py does, in the browser: nothing leaves this machine.
// It reads from the start: header, checkpoints, entries; each line in its one spelling, each hash computed anew.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const SIGNED_EVERY = 100;
const [SIGNATURE, COSIGNATURE] = [1, 4];
const HEX_32 = /^[0-9a-f]{64}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ACTION = /^[a-z][a-z_0-9]*(\.[a-z][a-z_0-9]*)+$/;
const RECORD = "action,actor,at,chain,changes,facts,prev,seq,subject,v";

class Tampered extends Error {}
class Unusable extends Error {}

const fail = (sentence) => { throw new Tampered(sentence); };
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

const leafHash = (line) => sha256(joined([0], line));
const nodeHash = (left, right) => sha256(joined([1], left, right));

function base64(text, where) {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    if (btoa(String.fromCharCode(...bytes)) === text) return bytes;
  } catch { /* said below */ }
  return fail(`${where} is not in canonical form`);
}

// Keys sorted, no spaces, whole numbers only: what was hashed has one spelling.
function spelled(value) {
  if (Array.isArray(value)) return `[${value.map(spelled).join(",")}]`;
  if (value === null || typeof value !== "object") {
    if (typeof value === "number" && !Number.isSafeInteger(value)) fail("a number is not whole");
    return JSON.stringify(value);
  }
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${spelled(value[key])}`).join(",")}}`;
}

function canonical(line, where) {
  let text, found, again;
  try {
    text = decoder.decode(line);
    found = JSON.parse(text);
    again = spelled(found);
  } catch {
    fail(`${where} cannot be read`);
  }
  if (again !== text || found === null || typeof found !== "object" || text.normalize("NFC") !== text) {
    fail(`${where} is not in canonical form`);
  }
  return found;
}

class Growing {
  size = 0;
  roots = [];

  async append(leaf) {
    for (let size = this.size; size & 1; size = Math.floor(size / 2)) leaf = await nodeHash(this.roots.pop(), leaf);
    this.roots.push(leaf);
    this.size += 1;
  }

  async root() {
    let found = this.roots.at(-1);
    for (const left of this.roots.slice(0, -1).reverse()) found = await nodeHash(left, found);
    return found ?? sha256(new Uint8Array());
  }
}

// RFC 9162, 2.1.3.2
async function rootByPath(leaf, index, size, path) {
  let [at, last, found] = [index, size - 1, leaf];
  for (const step of path) {
    if (last === 0) fail(`entry ${index}: its proof is too long`);
    if (at % 2 || at === last) {
      found = await nodeHash(step, found);
      while (at % 2 === 0 && at) [at, last] = [at / 2, Math.floor(last / 2)];
    } else found = await nodeHash(found, step);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last ? fail(`entry ${index}: its proof is too short`) : found;
}

// RFC 9162, 2.1.4.2
async function rootsByConsistency(earlier, size, root, proof) {
  const powerOfTwo = Number.isInteger(Math.log2(earlier));
  const path = powerOfTwo ? [root, ...proof] : [...proof];
  if (!path.length) fail("a proof between checkpoints is empty");
  let [at, last] = [earlier - 1, size - 1];
  while (at % 2) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  let [older, newer] = [path[0], path[0]];
  for (const step of path.slice(1)) {
    if (last === 0) fail("a proof between checkpoints is too long");
    if (at % 2 || at === last) {
      [older, newer] = [await nodeHash(step, older), await nodeHash(step, newer)];
      while (at % 2 === 0 && at) [at, last] = [at / 2, Math.floor(last / 2)];
    } else newer = await nodeHash(newer, step);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  if (last) fail("a proof between checkpoints is too short");
  return [older, newer];
}

async function keyOf(text, kind) {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const raw = base64(encoded, "a key");
  const expected = (await sha256(joined(encoder.encode(`${name}\n`), raw))).slice(0, 4);
  if (raw[0] !== kind || hex(expected) !== id) throw new Error("the key does not fit its id");
  return { name, id: expected, key: await crypto.subtle.importKey("raw", raw.slice(1), "Ed25519", false, ["verify"]) };
}

export async function readWitness(text) {
  await keyOf(text.trim(), COSIGNATURE).catch(() => { throw new Unusable("This is no key of a witness."); });
  return text.trim();
}

export async function readKey(text) {
  try {
    return await keyOf(text.trim(), SIGNATURE);
  } catch {
    throw new Unusable("This is no public key of a Sterilog, or this browser cannot use it. Check it with verify.py.");
  }
}

async function note(text, key, where) {
  const [body, signatures, more] = text.split("\n\n");
  const lines = body.split("\n");
  const named = lines.length === 3 && /^sterilog\/([0-9a-f]{32})\/([1-9]\d{0,8})$/.exec(lines[0]);
  const signed = /^\u2014 ([^ \n]+) ([A-Za-z0-9+/=]+)\n$/.exec(signatures ?? "");
  if (!named || !signed || more !== undefined || !/^(0|[1-9]\d{0,15})$/.test(lines[1])) fail(`${where} is no signed checkpoint`);
  const [root, signature] = [base64(lines[2], where), base64(signed[2], where)];
  if (root.length !== 32) fail(`${where} has no root of 32 bytes`);
  if (key) {
    if (signed[1] !== key.name || !same(signature.slice(0, 4), key.id)) fail(`${where} was signed by another key (${signed[1]})`);
    const right = await crypto.subtle.verify("Ed25519", key.key, signature.slice(4), encoder.encode(`${body}\n`));
    if (!right) fail(`${where} bears a wrong signature`);
  }
  const raw = named[1];
  const chain = [raw.slice(0, 8), raw.slice(8, 12), raw.slice(12, 16), raw.slice(16, 20), raw.slice(20)].join("-");
  return { chain, epoch: Number(named[2]), size: Number(lines[1]), root };
}

// The key of the witness that cosigned the checkpoint: C2SP tlog-cosignature.
async function cosigner(given, text) {
  if (given === null || typeof given !== "object" || Object.keys(given).sort().join() !== "key,signature") fail("a cosignature cannot be read");
  const raw = base64(String(given.signature), "a cosignature");
  const witness = await keyOf(String(given.key), COSIGNATURE).catch(() => fail("a cosignature is wrong"));
  const seconds = new DataView(raw.buffer).byteLength >= 12 ? new DataView(raw.buffer).getBigUint64(4) : 0n;
  const message = encoder.encode(`cosignature/v1\ntime ${seconds}\n${text}`);
  if (!same(raw.slice(0, 4), witness.id) || !await crypto.subtle.verify("Ed25519", witness.key, raw.slice(12), message)) fail("a cosignature is wrong");
  return given.key;
}

export async function readAnchor(text, key) {
  const whole = `${text.replaceAll("\r\n", "\n").trim()}\n`;
  return note(whole, key, "Your checkpoint").catch((fault) => { throw new Unusable(`${fault.message}.`); });
}

export function readReceipt(text) {
  const found = /^([0-9a-f-]{36}):(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim());
  if (!found) throw new Unusable(`This is no receipt: ${text.slice(0, 80)}`);
  return { chain: found[1], seq: Number(found[2]), leaf: found[3] };
}

function* linesOf(bytes) {
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(10, at);
    if (end < 0) fail("the file ends in the middle of a line");
    yield bytes.subarray(at, end);
    at = end + 1;
  }
}

function checkRecord(record, chain, seq, previous) {
  const shaped = Object.keys(record).sort().join() === RECORD && record.v === 1 && MOMENT.test(record.at)
    && ACTION.test(record.action) && HEX_32.test(record.prev)
    && Object.keys(record.actor ?? {}).sort().join() === "id,name" && Object.keys(record.subject ?? {}).sort().join() === "id,kind";
  if (!shaped) fail(`entry ${seq} is no entry of a record`);
  if (record.chain !== chain) fail(`entry ${seq} is of another record`);
  if (record.seq !== seq) fail(`where entry ${seq} belongs stands entry ${record.seq}`);
  if (previous !== null && record.prev !== previous) fail(`entry ${seq} does not follow the one before it`);
}

async function whole(lines, header, checkpoints, held, report, progress) {
  const tree = new Growing();
  const begun = new Map([[1, 0]]);
  const receipts = new Map(held.receipts.map((receipt) => [receipt.seq, receipt]));
  const wanted = [...checkpoints.map(({ found }) => ["a checkpoint", found]), ...held.anchors.map((found) => ["your checkpoint", found])];
  const at = Map.groupBy(wanted, ([, found]) => found.size);
  const roots = [];
  let [previous, epoch] = ["0".repeat(64), 1];
  for (const line of lines) {
    const record = canonical(line, `entry ${tree.size}`);
    checkRecord(record, header.chain, tree.size, previous);
    if (record.action === "epoch.begun") {
      if (record.facts.epoch !== ++epoch) fail(`entry ${tree.size} begins no epoch that follows`);
      begun.set(epoch, tree.size);
      report.restores += 1;
    }
    const leaf = await leafHash(line);
    previous = hex(leaf);
    const receipt = receipts.get(tree.size);
    if (receipt && receipt.leaf !== previous) fail(`entry ${tree.size} is not the one that your receipt was given for`);
    if (receipt) [report.anchored, report.matched] = [Math.max(report.anchored, tree.size + 1), report.matched + 1];
    receipts.delete(tree.size);
    await tree.append(leaf);
    for (const [kind, found] of at.get(tree.size) ?? []) roots.push([kind, found, await tree.root()]);
    at.delete(tree.size);
    if (tree.size % 500 === 0) progress(tree.size / header.size);
  }
  report.records = tree.size;
  if (tree.size !== header.size) fail(`${header.size} entries are announced, ${tree.size} are there`);
  const givenUp = (found) => begun.has(found.epoch + 1) && found.size > begun.get(found.epoch + 1);
  const left = [...at.values()].flat();
  for (const [kind, found, root] of roots) {
    if (givenUp(found)) left.push([kind, found]);
    else if (!same(found.root, root)) fail(`${kind} of ${found.size} entries does not agree with the log: something in them was changed`);
    else if (kind === "your checkpoint") [report.anchored, report.matched] = [Math.max(report.anchored, found.size), report.matched + 1];
    else if (held.key) report.signed = Math.max(report.signed, found.size);
  }
  for (const [kind, found] of left) {
    if (kind === "a checkpoint" || !givenUp(found)) fail(`${kind} speaks of ${found.size} entries, the log has ${header.size}: entries are missing`);
    report.missing += 1;
  }
  for (const seq of receipts.keys()) fail(`your receipt is for entry ${seq}, the log ends before it: entries are missing`);
}

async function part(lines, header, checkpoints, held, report, progress) {
  const newest = checkpoints.at(-1)?.found;
  if (newest?.size !== header.size || checkpoints.at(-1).proof.length) fail("a part of a record needs the checkpoint of the whole as its last one");
  for (const { found, proof } of checkpoints.slice(0, -1)) {
    if (found.size > newest.size) fail("the checkpoints contradict each other");
    if (found.epoch !== newest.epoch || !found.size) continue;
    const [older, newer] = await rootsByConsistency(found.size, newest.size, found.root, proof);
    if (!same(older, found.root) || !same(newer, newest.root)) fail(`the checkpoint of ${found.size} entries is no beginning of the record`);
  }
  for (const anchor of held.anchors) {
    const { found } = checkpoints.find(({ found: each }) => each.epoch === anchor.epoch && each.size === anchor.size) ?? {};
    if (!found) report.missing += 1;
    else if (!same(found.root, anchor.root)) fail(`your checkpoint of ${anchor.size} entries does not agree with the record`);
    else [report.anchored, report.matched] = [Math.max(report.anchored, anchor.size), report.matched + 1];
  }
  const receipts = new Map(held.receipts.map((receipt) => [receipt.seq, receipt]));
  let last = -1;
  for (const line of lines) {
    const { index, path, record: text, ...more } = canonical(line, `what follows entry ${last}`);
    if (!Number.isInteger(index) || index <= last || index >= newest.size || typeof text !== "string" || Object.keys(more).length) {
      fail(`what follows entry ${last} is out of order`);
    }
    const raw = encoder.encode(text);
    checkRecord(canonical(raw, `entry ${index}`), header.chain, index, null);
    const leaf = await leafHash(raw);
    if (!path.every((step) => HEX_32.test(step))) fail(`the proof of entry ${index} cannot be read`);
    if (!same(await rootByPath(leaf, index, newest.size, path.map(unhex)), newest.root)) fail(`entry ${index} does not belong to the record that was signed`);
    const receipt = receipts.get(index);
    if (receipt && receipt.leaf !== hex(leaf)) fail(`entry ${index} is not the one that your receipt was given for`);
    if (receipt) report.matched += 1;
    receipts.delete(index);
    last = index;
    report.records += 1;
    progress(report.records / header.records);
  }
  if (held.key) report.signed = newest.size;
  report.missing += receipts.size;
}

export async function verify(bytes, held, progress = () => {}) {
  const lines = linesOf(bytes);
  const header = canonical(lines.next().value ?? new Uint8Array(), "the first line");
  const numbers = [header.checkpoints, header.records, header.size];
  if (Object.keys(header).sort().join() !== "chain,checkpoints,records,size,sterilog,v" || header.v !== 1
    || !numbers.every((number) => Number.isSafeInteger(number) && number >= 0) || !["whole", "part"].includes(header.sterilog)) {
    fail("the first line is no header of a Sterilog record");
  }
  for (const { chain } of [...held.anchors, ...held.receipts]) {
    if (chain !== header.chain) fail(`what you hold is of the record ${chain}, this is ${header.chain}`);
  }
  const report = { records: 0, size: header.size, signed: 0, anchored: 0, matched: 0, missing: 0, restores: 0 };
  const checkpoints = [];
  let before = [0, 0];
  for (let number = 0; number < header.checkpoints; number += 1) {
    const given = canonical(lines.next().value ?? new Uint8Array(), "a checkpoint");
    const { cosigned = [] } = given;
    delete given.cosigned;
    if (Object.keys(given).sort().join() !== "note,proof" || !Array.isArray(cosigned) || typeof given.note !== "string" || !Array.isArray(given.proof)
      || !given.proof.every((step) => HEX_32.test(step))) fail("a checkpoint cannot be read");
    const found = await note(given.note, held.key, "a checkpoint");
    if (found.chain !== header.chain) fail("a checkpoint is of another record");
    if (found.epoch < before[0] || (found.epoch === before[0] && found.size <= before[1])) fail("the checkpoints are out of order");
    before = [found.epoch, found.size];
    const text = given.note.slice(0, given.note.indexOf("\n\n") + 1);
    const seen = await Promise.all(cosigned.map((each) => cosigner(each, text)));
    if (seen.some((key) => held.witnesses?.includes(key))) held = { ...held, anchors: [...held.anchors, found] };
    checkpoints.push({ found, proof: given.proof.map(unhex) });
  }
  const isWhole = header.sterilog === "whole";
  if (isWhole && checkpoints.some(({ proof }) => proof.length)) fail("a whole log needs no proofs");
  await (isWhole ? whole : part)(lines, header, checkpoints, held, report, progress);
  if (report.records !== header.records) fail(`${header.records} entries are announced, ${report.records} are there`);
  if (held.key && header.size - report.signed > SIGNED_EVERY) fail(`the newest ${header.size - report.signed} entries are not signed`);
  return report;
}

// The log in an export: stored, not deflated, so that it lies in the file as it is.
export function unpacked(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 22 || view.getUint32(0, true) !== 0x04034b50) return bytes;
  let end = bytes.length - 22;
  while (end > 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count; count -= 1) {
    const [size, nameLength, extra, comment] = [view.getUint32(at + 24, true), view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
    const local = view.getUint32(at + 42, true);
    if (decoder.decode(bytes.subarray(at + 46, at + 46 + nameLength)) === "log.ndjson") {
      if (view.getUint16(at + 10, true) !== 0) fail("the log in the export is not stored as it is");
      const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      return bytes.subarray(begin, begin + size);
    }
    at += 46 + nameLength + extra + comment;
  }
  return fail("the export holds no log.ndjson");
}

const number = new Intl.NumberFormat();

function told(report, held) {
  const facts = `${number.format(report.records)} of ${number.format(report.size)} entries; signed up to ${number.format(report.signed)}; `
    + `${report.matched} of what you hold agree, for everything up to ${number.format(report.anchored)}`
    + `${report.restores ? `; restored from a backup ${report.restores} times, as the record says` : ""}.`;
  const lacking = [held.key ? "" : "the public key", report.matched ? "" : "a checkpoint, a receipt or a witness of your own"].filter(Boolean);
  if (lacking.length || report.missing || report.signed < report.size) {
    return ["caution", "Not enough to tell", `Nothing is wrong with it, but you need ${lacking.join(" and ") || "more"}. ${facts}`];
  }
  return ["go", "Agrees", `It agrees with everything you hold. ${facts}`];
}

async function check(form) {
  const value = (name) => form.querySelector(`[data-proof-${name}]`).value.trim();
  const [file] = form.querySelector("[data-proof-file]").files;
  if (!file) throw new Unusable("Choose the export first.");
  const key = value("key") ? await readKey(value("key")) : null;
  const anchors = value("anchor") ? [await readAnchor(value("anchor"), key)] : [];
  const receipts = value("receipt").split("\n").filter((line) => line.trim()).map(readReceipt);
  const witnesses = value("witness") ? [await readWitness(value("witness"))] : [];
  const progress = form.querySelector("[data-proof-progress]");
  progress.hidden = false;
  const held = { key, anchors, receipts, witnesses };
  return told(await verify(unpacked(new Uint8Array(await file.arrayBuffer())), held, (done) => { progress.value = done; }), held);
}

function show(form, [tone, word, sentence]) {
  const verdict = form.querySelector("[data-proof-verdict]");
  [verdict.dataset.tone, verdict.dataset.verdict, verdict.hidden] = [tone, tone, false];
  verdict.querySelector(".word").textContent = word;
  verdict.querySelector(".sentence").textContent = sentence;
  form.querySelector("[data-proof-progress]").hidden = true;
  verdict.focus();
}

for (const form of document.querySelectorAll("[data-proof]")) {
  form.querySelector("[data-proof-check]").addEventListener("click", () => check(form).then(
    (found) => show(form, found),
    (fault) => {
      if (fault instanceof Unusable) show(form, ["caution", "Cannot be used", fault.message]);
      else show(form, ["stop", "Not as it was written", fault instanceof Tampered ? `${fault.message}.` : "The file is damaged."]);
    },
  ));
}
