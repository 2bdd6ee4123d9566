// A shared tablet left alone asks who is at work. Without network it cannot ask, so the work goes on.
const { lockAfter, lockUrl } = document.body.dataset;
let timer;

function rest() {
  clearTimeout(timer);
  timer = setTimeout(() => (navigator.onLine ? location.assign(lockUrl) : rest()), Number(lockAfter) * 60000);
}

for (const sign of ["pointerdown", "keydown", "scroll"]) addEventListener(sign, rest, { capture: true, passive: true });
rest();
