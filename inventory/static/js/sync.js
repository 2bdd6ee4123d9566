// Brings home what was done without network, in order; one page of a device at a time.
import { receive } from "./memory.js";
import { device, settle, waiting } from "./store.js";

const BATCH = 50;
const NO_ANSWER_MS = 20000;
const ask = (options = {}) => fetch("/devices/sync", { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(NO_ANSWER_MS), ...options });

// What is left and why: { waiting, sent, why: "" | "network" | "sign-in" | "refused", sentence }.
export const flush = () => navigator.locks.request("sterilog-sync", async () => {
  let sent = 0;
  try {
    for (let acts = await waiting(); acts.length; acts = await waiting()) {
      const outcome = await send(acts.slice(0, BATCH));
      sent += outcome.sent;
      if (outcome.why) return { ...outcome, sent, waiting: (await waiting()).length };
    }
    return { waiting: 0, sent, why: "", sentence: "" };
  } catch {
    return { waiting: (await waiting()).length, sent, why: "network", sentence: "" };
  }
});

async function send(acts) {
  const asked = await ask();
  if (asked.type === "opaqueredirect") return { sent: 0, why: "sign-in", sentence: "" };
  if (!asked.ok) return stopped(asked);
  const { csrf } = await asked.json();
  const self = await device();
  const answer = await ask({
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({
      device: self.id,
      name: self.name,
      device_now: new Date().toISOString(),
      events: acts.map(({ said, ...event }) => event),
    }),
  });
  if (!answer.ok) return stopped(answer);
  receive(answer);
  const { replies } = await answer.json();
  await settle(acts, replies);
  const left = replies.find(({ outcome }) => outcome === "waiting" || outcome === "unread");
  return { sent: replies.filter(({ receipt }) => receipt).length, why: left ? "refused" : "", sentence: left?.sentence ?? "" };
}

async function stopped(answer) {
  if (answer.status === 401 || answer.status === 403) return { sent: 0, why: "sign-in", sentence: "" };
  if (answer.status >= 500) return { sent: 0, why: "network", sentence: "" };
  const { sentence } = await answer.json().catch(() => ({ sentence: "The server could not read what this device holds." }));
  return { sent: 0, why: "refused", sentence };
}
