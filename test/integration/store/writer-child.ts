import { createPrivateKey } from "node:crypto";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { inProcessBus } from "../../../store/bus.ts";
import { Sequencer } from "../../../store/sequencer.ts";
import { makeStore, readEpoch } from "../../../store/store.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { openPlace } from "./stores.ts";

/**
 * One process of several on one store: writes audit records as fast as it can, says which were acknowledged, and runs a
 * sequencer beside it as an authority does. Arguments: place, name, key of the log (PEM), how many records.
 */
const [place = "", name = "", pem = "", count = "0"] = process.argv.slice(2);
const store = makeStore(await openPlace(place), inProcessBus());
const key = { origin: "genkan/test", privateKey: createPrivateKey(pem), verifierKey: "" };
const sequencer = new Sequencer(store, key, silentProgramLog);
process.stdout.write("begun\n");
for (let i = 0; i < Number(count); i++) {
  const record = anyRecord({ at: new Date(), action: `${name} ${i}` });
  const kept = await store
    .change(async (change) => {
      // As every real change does: what is written follows from what was read.
      await readEpoch(change.db);
      await change.audit(record);
    })
    .then(
      () => true,
      () => false,
    );
  if (kept) process.stdout.write(`${name} ${i}\n`);
}
await sequencer.close();
await store.close();
