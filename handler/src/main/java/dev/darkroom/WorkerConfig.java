package dev.darkroom;

import dev.darkroom.job.Limits;
import dev.darkroom.model.PlanChoice;
import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;
import dev.darkroom.provenance.ProvenanceSettings;
import dev.darkroom.queue.durable.QueueSettings;
import dev.darkroom.queue.http.HttpSettings;
import dev.darkroom.queue.runpod.RunPodSettings;
import dev.darkroom.queue.webhook.WebhookSettings;
import dev.darkroom.source.LoraSettings;
import dev.darkroom.source.SourceSettings;
import dev.darkroom.store.S3Settings;
import dev.darkroom.tensor.AttentionBackend;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every setting of the worker. Each can be given as an environment variable: {@code darkroom.models} is {@code DARKROOM_MODELS}.
 * {@code DEVICE}, {@code HOST} and {@code PORT} have short names; see application.properties.
 */
@ConfigMapping(prefix = "darkroom")
public interface WorkerConfig {
    /** Address that the worker listens at; a container says {@code 0.0.0.0}. */
    @WithDefault("127.0.0.1")
    String host();

    /** Port that the worker listens at. */
    @WithDefault("8000")
    int port();

    /** Device for the networks: {@code auto}, {@code cpu} or {@code cuda}; auto takes a card if there is one. */
    @WithDefault("auto")
    DeviceChoice device();

    /** What computes attention on a card: {@code auto}, {@code flash} or {@code cudnn}; auto tries both at the start. */
    @WithDefault("auto")
    AttentionBackend attention();

    /** Whether kernels of our own compute on a card, where they are right; otherwise the operators that they stand in for. */
    @WithDefault("true")
    boolean kernels();

    /** Element type of all networks; unset, each gets the one that suits it and its device. */
    Optional<TypeChoice> dtype();

    /**
     * Quantisation of the transformers' layers: {@code none}, or {@code fp8} for cards that multiply it. Other cards only
     * store layers so, the CPU computes as with none, and the log says so.
     */
    @WithDefault("none")
    QuantizationChoice quantization();

    /**
     * Most memory that weights may take on the device, such as {@code 20G}. Unset: all that the card has beside what the work needs, or
     * half of the machine's memory on the CPU. A model that takes more is loaded alone.
     */
    Optional<MemorySize> memory();

    /**
     * How the networks of a model share a card: {@code auto}, {@code resident}, {@code streamed} or {@code cpu}, or such for components, as in
     * {@code transformer=streamed:12,text_encoder=cpu}.
     */
    @WithDefault("auto")
    String memoryPlan();

    /**
     * Models to serve, as {@code name=source} pairs, comma separated; a source is a directory or {@code org/repo[@revision]}, and the first
     * pair the default. Unset: the embedded pocket checkpoints.
     */
    Optional<String> models();

    /** Depth Anything V2 for animations in space, as a directory or {@code org/repo[@revision]}; unset: all of a picture is equally far away. */
    Optional<String> depthModel();

    /** Folder of the installation, with the embedded checkpoints in it. */
    @WithDefault(".")
    Path home();

    /** Folder for results and caches. */
    @WithDefault("data")
    Path data();

    /** File with the variables of a worker that was restored from a snapshot, {@code NAME=value} a line: who it is on RunPod. */
    Optional<Path> restoredEnvironment();

    /** Secret that accepted jobs are encrypted by on disk; unset: a key that the worker makes and keeps beside them. */
    Optional<String> dataKey();

    /** Time for which served results stay in the folder. */
    @WithDefault("24h")
    Duration resultsKept();

    /** Address at which callers reach this worker, for the addresses of results; unset for host and port. */
    Optional<URI> publicUrl();

    /** The most that a job may ask of the GPU. */
    LimitSettings limits();

    /** Limits of source images. */
    SourceSettings sources();

    /** Limits of LoRAs. */
    LoraSettings loras();

    /** The bucket for results. */
    S3Settings s3();

    /** Settings for finding and downloading models. */
    HubConfig hub();

    /** How jobs are taken over HTTP. */
    HttpGroup http();

    /** Settings for jobs pulled from RunPod. */
    RunPodSettings runpod();

    /** Form of the log: {@code text}, or {@code json} with one object a line, which RunPod's console can filter. */
    @WithDefault("text")
    LogForm log();

    /** Returns how the networks of a model share a card, as far as that was chosen. */
    default PlanChoice planChoice() {
        try {
            return PlanChoice.parse(memoryPlan().isBlank() ? "auto" : memoryPlan());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("DARKROOM_MEMORY_PLAN: " + e.getMessage(), e);
        }
    }

    /** Returns the address at which callers reach this worker. */
    default String address() {
        return publicUrl().map(WorkerConfig::onTheWire).orElseGet(() -> {
            String host = host().equals("0.0.0.0") || host().equals("::") ? "localhost" : host();
            return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
        });
    }

    /** Returns the addresses at which this machine, and callers, reach this worker. */
    default List<WebAddress> addresses() {
        // with the port 0 the system chooses one, which nobody knows yet
        Stream<String> ofMachine = Stream.of("localhost", "127.0.0.1", "[::1]")
                .filter(host -> port() != 0)
                .map(host -> "http://" + host + ":" + port());
        return Stream.concat(Stream.of(address()).filter(url -> publicUrl().isPresent() || port() != 0), ofMachine)
                .distinct()
                .map(WebAddress::of)
                .toList();
    }

    private static String onTheWire(URI url) {
        try {
            return WebAddress.of(url.toString()).uri().toString().replaceAll("/+$", "");
        } catch (AddressException e) {
            throw new IllegalArgumentException(
                    "DARKROOM_PUBLIC_URL: must be an address such as https://pictures.example.com", e);
        }
    }

    /** What files say of how their pictures came about. */
    ProvenanceSettings provenance();

    /** A file with more styles, {@code name = words} a line; unset for the worker's own. */
    Optional<Path> styles();

    /** Treatment of jobs with fields that this worker does not have: {@code refuse}, or {@code warn} in the answer. */
    @WithDefault("refuse")
    UnknownFields unknownFields();

    /** How jobs are taken over HTTP: the API, the queue behind it, and webhooks. */
    interface HttpGroup {
        /** The API itself. */
        @WithParentName
        HttpSettings api();

        /** The queue behind the API. */
        @WithParentName
        QueueSettings queue();

        /** Webhooks. */
        WebhookSettings webhook();
    }

    /** What a job may ask of the GPU at most. */
    interface LimitSettings {
        /** Pixels of one picture. */
        @WithDefault("4194304")
        long pixels();

        /** Longest side of one picture. */
        @WithDefault("4096")
        int side();

        /** Denoising steps. */
        @WithDefault("200")
        int steps();

        /** Pictures of one job, all prompts together. */
        @WithDefault("100")
        int pictures();

        /** Characters of one prompt. */
        @WithDefault("10000")
        int prompt();

        /** Returns these limits as a value. */
        default Limits values() {
            return new Limits(pixels(), side(), steps(), pictures(), prompt());
        }
    }

    /** Forms of the log. */
    enum LogForm {
        TEXT,
        JSON
    }

    /** Treatments of fields that this worker does not have. */
    enum UnknownFields {
        REFUSE,
        WARN
    }

    /** Choices of the device that networks compute on. */
    enum DeviceChoice {
        AUTO,
        CPU,
        CUDA
    }

    /** Choices of how layers are quantised. */
    enum QuantizationChoice {
        NONE,
        FP8
    }

    /** Choices of the element type of networks. */
    enum TypeChoice {
        FLOAT32,
        BFLOAT16
    }
}
