package dev.darkroom.animation.deforum;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A setting as files of Deforum have it.
 *
 * @param name what it is called here: as in the webui extension, where the worker has no word of its own for it
 * @param webui its key in the webui extension; null if that has no such setting
 * @param classic its key in the classic notebook; null if that has no such setting
 * @param webuiDefault what holds if a file of the webui extension leaves it out; null if it has no such setting
 * @param classicDefault the same for the classic notebook
 */
public record DeforumSetting(
        String name,
        @Nullable String webui,
        @Nullable String classic,
        Kind kind,
        @Nullable String webuiDefault,
        @Nullable String classicDefault,
        Use use) {
    /** What its value is. */
    public enum Kind {
        /** A schedule of numbers, or a number that holds for all frames. */
        SCHEDULE,
        /** A schedule of texts. */
        TEXT_SCHEDULE,
        NUMBER,
        FLAG,
        TEXT,
        /** Texts by frames. */
        PROMPTS
    }

    /** What becomes of its value. */
    public enum Use {
        /** It has its meaning here too. */
        MEANT,
        /** It would change the pictures and cannot here: a job's notes say so if it is not as by default. */
        TOLD,
        /** By itself it changes no picture: another setting turns it on, or it says where files go, what is shown, or nothing any more. */
        IDLE
    }

    /** Its keys, the same one twice being one. */
    public List<String> keys() {
        return Stream.of(Optional.ofNullable(webui), Optional.ofNullable(classic))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    /** A setting with one key; a default that is null says that there is no such setting. */
    static DeforumSetting of(Kind kind, String key, @Nullable String webuiDefault, @Nullable String classicDefault) {
        return new DeforumSetting(
                key,
                webuiDefault == null ? null : key,
                classicDefault == null ? null : key,
                kind,
                webuiDefault,
                classicDefault,
                Use.MEANT);
    }

    /** This setting with another key in the classic notebook. */
    DeforumSetting classic(String key) {
        return new DeforumSetting(name, webui, key, kind, webuiDefault, classicDefault, use);
    }

    /** This setting with another name here. */
    DeforumSetting named(String own) {
        return new DeforumSetting(own, webui, classic, kind, webuiDefault, classicDefault, use);
    }

    DeforumSetting used(Use other) {
        return new DeforumSetting(name, webui, classic, kind, webuiDefault, classicDefault, other);
    }
}
