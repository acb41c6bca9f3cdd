// A room on ws, after the server broadcast of its documentation.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });
const members = new Set();

server.on("connection", (socket, request) => {
  if (request.url === "/publish") {
    socket.on("message", (message) => {
      for (const member of members) member.send(message, { binary: false });
    });
  } else {
    members.add(socket);
    socket.on("close", () => members.delete(socket));
  }
});
