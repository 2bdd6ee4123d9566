// What a device says of an act while the server cannot be asked, from what it holds of the session. Pure. The
// server judges the act again.
const CODE = /^[0-9A-HJKMNP-TV-Z]{17}$/;
const AIM = /^\][A-Za-z][0-9A-Za-z]/;

const COPY = /\.(\d{1,3})$/;
const written = (text) => text.trim().replace(AIM, "").split("/").filter(Boolean).pop() ?? "";

// A label printed again voids the one before it.
const copyIn = (text) => Number(written(text).match(COPY)?.[1] ?? 1);

// The code of one of our labels, or "".
export function codeIn(text) {
  const code = written(text).replace(COPY, "").toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return CODE.test(code) ? code : "";
}

// The session as it stands after the acts kept on the device, in order. A needle's `since` is an ISO time.
export function stateOf(held, acts) {
  const { needle, taken_at: takenAt } = held;
  const since = needle && new Date(Date.parse(takenAt) - 1000 * needle.seconds).toISOString();
  let state = {
    over: held.session.state !== "running",
    needle: needle && { ...needle, since, mustChange: false },
    left: new Map(held.packs.map((pack) => [pack.code, pack.needles])),
    before: null, // The state before the last swap made here, which may be taken back.
  };
  for (const act of acts) state = after(state, act);
  return state;
}

const STEPS = {
  scan: (state, { fields, device_at: at, used }) => (used ? fitted(state, codeIn(fields.text), at) : state),
  count: (state, { fields }) => withNeedle(state, { shots: Number(fields.shots), ...(fields.area_cm2 && { area_cm2: Number(fields.area_cm2) }) }),
  region: (state, { fields }) => withNeedle(state, { regions: [...state.needle?.regions ?? [], fields.region] }),
  must_change: (state) => withNeedle(state, { mustChange: true }),
  syringe: (state) => state,
  undo: (state) => state.before ?? state,
  close: (state) => ({ ...state, over: true, before: null }),
};
const after = (state, act) => STEPS[act.kind](state, act);
const withNeedle = (state, changed) => ({ ...state, before: null, needle: state.needle && { ...state.needle, ...changed } });

function fitted(state, code, at) {
  const { needle, left } = state;
  const fresh = { pins: 1, limit: 0, ...needle, sequence: (needle?.sequence ?? 0) + 1, shots: 0, area_cm2: 0, since: at, mustChange: false };
  fresh.regions = needle?.regions.slice(-1) ?? [];
  return { ...state, before: { ...state, before: null }, needle: fresh, left: new Map(left).set(code, left.get(code) - 1) };
}

// The verdict on an act: { tone, word, sentence, next, used }. `today` is an ISO date.
export function verdictOn(held, acts, { kind, fields }, today) {
  const state = stateOf(held, acts);
  if (state.over) return said(held, "REFUSED", "This session is closed on this device.");
  if (kind !== "scan") return { tone: "go", word: "Kept", sentence: SENTENCES[kind](fields), next: "", used: true };
  const code = codeIn(fields.text);
  const pack = held.packs.find((one) => one.code === code);
  if (!pack) return said(held, "UNKNOWN_CODE", "It is not among the packs this device knows. Without network only those can be checked.");
  if (pack.label !== copyIn(fields.text)) return said(held, "LABEL_VOID", "This label is void: the pack has another one.");
  if (pack.use_by < today) return said(held, "EXPIRED", `${pack.product}: it could be used until ${pack.use_by}.`);
  if (state.left.get(code) < 1) return said(held, "ALREADY_COUNTED", "Every needle of this pack was already fitted.");
  return said(held, "ACCEPTED", `${pack.product}. To be confirmed when the network is back.`);
}

const SENTENCES = {
  count: ({ shots }) => `Counter at ${shots}.`,
  region: () => "The region was changed.",
  must_change: () => "The needle must be changed.",
  syringe: () => "A new syringe was drawn.",
  undo: () => "The swap was taken back. Both stay in the record.",
  close: () => "The session is closed on this device.",
};

const TONES = { green: "go", amber: "caution", red: "stop" };

function said(held, code, sentence) {
  const { word, next_step: next, ...verdict } = held.verdicts[code];
  const tone = TONES[verdict.tone];
  return { tone, word: tone === "go" ? `${word} for now` : word, sentence, next, used: tone === "go" };
}

// How near the needle is to its first limit: { shots, punctures, limit, permille, soon, tone, word }.
export function counterOf(needle, policy, now) {
  const punctures = needle.shots * needle.pins;
  const minutes = (now - Date.parse(needle.since)) / 60000;
  const wear = [punctures / needle.limit, minutes / policy.overdue_minutes, (needle.area_cm2 ?? 0) / policy.overdue_area_cm2];
  const permille = Math.floor(1000 * Math.max(...wear));
  const isPast = needle.mustChange || wear.some((part) => part > 1);
  const isSoon = punctures >= policy.soon_punctures || permille >= 800;
  const [tone, word] = isPast ? ["stop", "Change now"] : isSoon ? ["caution", "Change soon"] : ["go", "Fine"];
  return { punctures, limit: needle.limit, permille: Math.min(1000, permille), soon: policy.soon_punctures / needle.limit, tone, word };
}
