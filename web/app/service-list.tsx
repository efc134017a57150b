import type { ServiceRef } from "../../protocol/service.ts";
import { Name } from "./name.tsx";
import css from "./service-list.module.css";
import { TlsExceptions } from "./tls-exceptions.tsx";

/** Services as name, protocol and port: "看護管理画面 http 8080". */
export function ServiceList({ services }: { services: readonly ServiceRef[] }) {
  return (
    <ul className={css.list}>
      {services.map((service) => (
        <li key={service.id}>
          <Name>{service.name}</Name>{" "}
          <span className={css.wire}>
            {service.protocol} {service.port}
          </span>
          <TlsExceptions service={service} />
        </li>
      ))}
    </ul>
  );
}
