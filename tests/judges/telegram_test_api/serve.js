// Starts the emulator on a port of its own choosing and says which; ends with its standard input.
import { createServer } from "node:net";
import TelegramServer from "telegram-test-api";

const free = createServer();
await new Promise((listening) => free.listen(0, "127.0.0.1", listening));
const { port } = free.address();
await new Promise((closed) => free.close(closed));

const server = new TelegramServer({ host: "127.0.0.1", port, storeTimeout: 3600 });
await server.start();
console.log(port);
process.stdin.on("end", () => process.exit()).resume();
