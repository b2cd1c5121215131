// Holds open WebSockets, and says when all of them have a frame.
import { WebSocket } from "ws";

/** Opens one socket for each address, so many at once. */
export async function open(addresses, atOnce = 32) {
  const sockets = new Array(addresses.length);
  let next = 0;
  const worker = async () => {
    while (next < addresses.length) {
      const place = next++;
      sockets[place] = await connect(await addresses[place]());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return sockets;
}

function connect(address) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, { perMessageDeflate: false });
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Resolves when every socket has got a frame that holds the text. */
export function heard(sockets, text) {
  return Promise.all(
    sockets.map(
      (socket) =>
        new Promise((resolve, reject) => {
          const onMessage = (data) => {
            if (!data.includes(text)) return;
            socket.off("message", onMessage);
            socket.off("close", onClose);
            resolve();
          };
          const onClose = () => reject(new Error("a socket closed"));
          socket.on("message", onMessage);
          socket.on("close", onClose);
        }),
    ),
  );
}

/** What a row of the table shows, of times in milliseconds. */
export function figures(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  const total = sorted.reduce((sum, time) => sum + time, 0);
  const round = (figure) => Math.round(figure * 10) / 10;
  return { per_second: round((1000 * sorted.length) / total), p50_ms: round(at(0.5)), p99_ms: round(at(0.99)) };
}
