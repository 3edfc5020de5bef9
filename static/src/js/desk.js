// The script of the desk's own pages, beside Django's: a long action tells how far it is. Works without it too.
import { enhanceProgress } from "./progress.js";

enhanceProgress(document);
