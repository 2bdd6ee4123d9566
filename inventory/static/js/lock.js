// A shared tablet left alone asks who is at work; a running session then goes on with scans alone. Without network it
// cannot be locked, so the work goes on.
const { lockAfter, lockUrl } = document.body.dataset;
const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
let timer;

function rest() {
  clearTimeout(timer);
  timer = setTimeout(lock, Number(lockAfter) * 60000);
}

const lock = () => fetch(lockUrl, { method: "POST", headers, redirect: "manual" })
  .then(() => location.assign(location.pathname), rest);

for (const sign of ["pointerdown", "keydown", "scroll"]) addEventListener(sign, rest, { capture: true, passive: true });
rest();
