import { start } from "../app/start.tsx";
import { PortalFace } from "./face.tsx";

start(<PortalFace />);
