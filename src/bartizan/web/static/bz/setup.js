// While the demo comes or goes: ask every second how far it is; when it is settled, show the whole page again.
const part = document.getElementById("demo");

async function ask() {
  const answer = await fetch("/setup", { headers: { "X-Part": "demo" } }).catch(() => null);
  if (answer?.ok) {
    const html = await answer.text();
    if (!html.includes('role="status"')) return location.assign("/setup");
  }
  setTimeout(ask, 1000);
}

if (part?.hasAttribute("data-busy")) setTimeout(ask, 1000);
