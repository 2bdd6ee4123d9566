// What a key of a scanner stands for. A wedge scanner is a keyboard that types fast.
const GS = "\u001d";

// One character, or "" for a key that types none. Ctrl-] is how most scanners type the GS1 separator.
export function characterOf(event) {
  if (event.ctrlKey && (event.key === "]" || event.code === "BracketRight")) return GS;
  if (event.ctrlKey || event.metaKey || (event.altKey && !event.getModifierState("AltGraph"))) return "";
  return event.key.length === 1 ? event.key : "";
}

// "Enter" or "Tab" where the key ends a scan. Some scanners send CR and LF as Ctrl-M and Ctrl-J.
export function suffixOf(event) {
  if (event.ctrlKey && /^Key[JM]$/.test(event.code)) return "Enter";
  return event.key === "Enter" || event.key === "Tab" ? event.key : "";
}
