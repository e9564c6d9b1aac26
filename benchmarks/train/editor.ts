import { ChangeSet } from "./change_set.ts";
import type { Edges } from "./edges.ts";
import type { Railway } from "./model.ts";

type EdgeRelation = "requires" | "monitored_by" | "connects_to";

/** Edits a railway and keeps what its facts changed by. */
export class Editor {
  readonly changes = new ChangeSet();
  readonly #railway: Railway;

  constructor(railway: Railway) {
    this.#railway = railway;
  }

  setLength(segment: number, length: number): void {
    this.#set("segment", this.#railway.segments, segment, length);
  }

  setCurrentPosition(self: number, position: number): void {
    this.#set("switch", this.#railway.switches, self, position);
  }

  setEntry(route: number, entry: number): void {
    const old = this.#railway.routes.get(route);
    if (old === undefined || old.entry === entry) return;
    this.#railway.routes.set(route, { ...old, entry });
    this.changes.goes("route", route, old.active, old.entry, old.exit);
    this.changes.appears("route", route, old.active, entry, old.exit);
  }

  link(relation: EdgeRelation, from: number, to: number): void {
    if (this.#edges(relation).add(from, to)) this.changes.appears(relation, from, to);
  }

  unlink(relation: EdgeRelation, from: number, to: number): void {
    if (this.#edges(relation).remove(from, to)) this.changes.goes(relation, from, to);
  }

  /** A new segment in the region of `beside`. Returns its id. */
  newSegment(beside: number, length: number): number {
    const id = this.#railway.newId();
    const region = this.#railway.elementRegion.get(beside) ?? 0;
    this.#railway.segments.set(id, length);
    this.#railway.elementRegion.set(id, region);
    this.changes.appears("segment", id, length);
    this.changes.appears("elements", region, id);
    return id;
  }

  /** A new sensor in the region of `beside`. Returns its id. */
  newSensor(beside: number): number {
    const id = this.#railway.newId();
    const region = this.#railway.elementRegion.get(beside) ?? 0;
    this.#railway.sensorRegion.set(id, region);
    this.changes.appears("sensor", id);
    this.changes.appears("sensors", region, id);
    return id;
  }

  /** Deletes a segment with all its edges. */
  deleteSegment(segment: number): void {
    const { segments, elementRegion, monitoredBy, connectsTo, semaphores } = this.#railway;
    for (const sensor of [...monitoredBy.from(segment)]) this.unlink("monitored_by", segment, sensor);
    for (const next of [...connectsTo.from(segment)]) this.unlink("connects_to", segment, next);
    for (const previous of [...connectsTo.into(segment)]) this.unlink("connects_to", previous, segment);
    for (const semaphore of [...semaphores.from(segment)]) {
      semaphores.remove(segment, semaphore);
      this.changes.goes("semaphores", segment, semaphore);
    }
    this.changes.goes("elements", elementRegion.get(segment) ?? 0, segment);
    this.changes.goes("segment", segment, segments.get(segment) ?? 0);
    elementRegion.delete(segment);
    segments.delete(segment);
  }

  #set(relation: "segment" | "switch", values: Map<number, number>, id: number, value: number): void {
    const old = values.get(id);
    if (old === undefined || old === value) return;
    values.set(id, value);
    this.changes.goes(relation, id, old);
    this.changes.appears(relation, id, value);
  }

  #edges(relation: EdgeRelation): Edges {
    const { requires, monitoredBy, connectsTo } = this.#railway;
    return { requires, monitored_by: monitoredBy, connects_to: connectsTo }[relation];
  }
}
