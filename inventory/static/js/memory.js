// What a device remembers for itself. A browser that refuses to keep anything must not stop a scan.
export function remembered(key, store = localStorage) {
  try {
    return store.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key, value, store = localStorage) {
  try {
    store.setItem(key, value);
  } catch {
    // Full or refused: the setting lasts as long as the page.
  }
}

// Of the record a device keeps the newest entry of each day.
export function receive({ headers }) {
  const receipt = headers.get("Sterilog-Receipt");
  if (receipt) remember(`receipt ${new Date().toISOString().slice(0, 10)}`, receipt);
}

// Milliseconds between two keys of a scanner: 50 by cable, 120 by Bluetooth.
export const keyGap = () => Number(remembered("key-gap")) || 50;
