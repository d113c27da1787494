package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.PayloadReader;

/** A part of the OpenAPI document that a door describes itself, because it depends on the worker's settings. */
public interface DoorSchema {
    /** Returns the name of the schema. */
    String name();

    /**
     * Builds the schema.
     *
     * @param lora reference to the schema of one LoRA
     */
    ObjectNode schema(PayloadReader reader, String lora);
}
