// A room on socket.io: join and to().emit(), over WebSocket alone.
import { createServer } from "node:http";
import { Server } from "socket.io";

const web = createServer();
// Our client does not answer engine.io's pings, so none falls into the measurement.
const io = new Server(web, { transports: ["websocket"], pingInterval: 600_000, perMessageDeflate: false });

io.on("connection", (socket) => {
  if (socket.handshake.query.publisher) socket.on("message", (message) => io.to("room").emit("message", message));
  else socket.join("room");
});
web.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });
