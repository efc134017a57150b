import type { DeviceView } from "../../protocol/api/device.ts";
import { useText } from "../app/language.ts";
import { Name, Names } from "../app/name.tsx";
import css from "./ask.module.css";

/** Devices as large options: name first, then where it stands. */
export function DeviceChoice(props: {
  devices: DeviceView[];
  chosen: string | undefined;
  choose: (id: string) => void;
}) {
  const { t } = useText();
  return (
    <fieldset className={css.group}>
      <legend className={css.legend}>{t("ask.device")}</legend>
      <div className={css.options}>
        {props.devices.map((device) => (
          <label key={device.id} className={css.option}>
            <input
              type="radio"
              name="device"
              value={device.id}
              required
              disabled={!device.active}
              checked={props.chosen === device.id}
              onChange={() => props.choose(device.id)}
            />
            <span>
              <b>
                <Name>{device.name}</Name>
              </b>
              <small>
                <Names of={[device.model, device.site.name]} />
              </small>
              {!device.active && <small className={css.away}>{t("record.disabled")}</small>}
              {!device.agent.connected && <small className={css.away}>{t("ask.agentAway")}</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Services of the chosen device; only what is ticked here can be opened later. */
export function ServiceChoice(props: { device: DeviceView; chosen: string[]; choose: (ids: string[]) => void }) {
  const { t } = useText();
  const toggle = (id: string) =>
    props.choose(props.chosen.includes(id) ? props.chosen.filter((one) => one !== id) : [...props.chosen, id]);
  return (
    <fieldset className={css.group}>
      <legend className={css.legend}>{t("ask.services")}</legend>
      <div className={css.options}>
        {props.device.services.map((service) => (
          <label key={service.id} className={css.option}>
            <input
              type="checkbox"
              name="service"
              value={service.id}
              checked={props.chosen.includes(service.id)}
              onChange={() => toggle(service.id)}
            />
            <span>
              <b>
                <Name>{service.name}</Name>
              </b>
              <small>
                {service.protocol} {service.port}
              </small>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
