package dev.darkroom.queue.sdapi;

import java.util.Map;

/** The LoRAs that jobs may name. */
@FunctionalInterface
public interface LoraShelf {
    /** Returns their names, as prompts say them, with the paths that a job names them by. */
    Map<String, String> paths();
}
