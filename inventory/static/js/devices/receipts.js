// The receipts that this device keeps, newest first, as text to copy: an anchor each for whoever checks the record.
const KEPT_DAYS = 210;
const oldest = new Date(Date.now() - KEPT_DAYS * 86400000).toISOString().slice(0, 10);
const kept = [];
for (const name of Object.keys(localStorage).filter((key) => key.startsWith("receipt ")).sort().reverse()) {
  const day = name.slice(8);
  if (day < oldest) localStorage.removeItem(name);
  else kept.push([day, localStorage.getItem(name)]);
}

const cell = (text, tag = "td") => Object.assign(document.createElement(tag), { textContent: text });
document.querySelector("[data-receipts] tbody").replaceChildren(...kept.map(([day, receipt]) => {
  const [, entry, hash] = receipt.split(":");
  const code = hash.slice(0, 12).replace(/(.{4})(?!$)/g, "$1-");
  const [head, short, whole, row] = [cell(day, "th"), cell(code), cell(receipt), document.createElement("tr")];
  head.scope = "row";
  short.className = "code";
  whole.className = "code wrap";
  short.dataset.label = "Code";
  const number = Object.assign(cell(Number(entry).toLocaleString()), { className: "number" });
  number.dataset.label = "Entry";
  row.append(head, number, short, whole);
  return row;
}));
document.querySelector("[data-receipts]").hidden = kept.length === 0;
document.querySelector("[data-no-receipts]").hidden = kept.length > 0;
