// Shows what was pushed to this browser, and opens it. It keeps nothing and answers no request.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data?.json() ?? {}; } catch { /* what cannot be read is still said to have come */ }
  event.waitUntil(self.registration.showNotification(told.title || "Bartizan", {
    body: told.body || "There is a notice in the console.",
    tag: told.tag,
    data: { url: inside(told.url) },
    icon: "/static/bz/icon.svg",
    badge: "/static/bz/icon.svg",
    requireInteraction: told.level >= 4,
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? "/notices"));
});

// a page of this console and nothing else
function inside(url) {
  try {
    const full = new URL(url, self.location.origin);
    return full.origin === self.location.origin ? full.href : "/notices";
  } catch { return "/notices"; }
}

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) {
    try { await (await page.focus()).navigate(url); return; } catch { /* another one, or a new page */ }
  }
  await self.clients.openWindow(url);
}
