import { start } from "../app/start.tsx";
import { StaffFace } from "./face.tsx";

start(<StaffFace />);
