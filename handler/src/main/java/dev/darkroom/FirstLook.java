package dev.darkroom;

import dev.darkroom.checks.OpenFiles;
import dev.darkroom.hub.HubException;
import dev.darkroom.hub.ModelSource;
import dev.darkroom.image.PictureDecoder;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Reason;
import dev.darkroom.logs.trace.TraceSettings;
import dev.darkroom.model.PlanChoice;
import dev.darkroom.provenance.FoundMark;
import dev.darkroom.provenance.PictureSeal;
import dev.darkroom.provenance.Verification;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.PayloadFile;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.webhook.Webhooks;
import dev.darkroom.settings.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds what is wrong with the arguments, the settings and the one job before anything is started for them: faults that are cheap come first. */
final class FirstLook {
    private static final int WRONG_ARGUMENTS = 2;

    /** Exit code of the start-up script of the same name. */
    private static final int WRONG_SETTINGS = 15;

    private static final int JOB_FAILED = 1;
    private static final int BROKEN = 1;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> variables;

    FirstLook(PrintStream out, PrintStream err, Map<String, String> variables) {
        this.out = out;
        this.err = err;
        this.variables = variables;
    }

    /** Looks at what this process was started with; returns its exit code if there is nothing more to do. */
    static OptionalInt ofProcess(Command command) {
        return new FirstLook(answers(), System.err, System.getenv()).at(command);
    }

    /** Returns standard output, which has JSON on it and so is UTF-8, whatever the machine speaks. */
    static PrintStream answers() {
        return new PrintStream(System.out, true, StandardCharsets.UTF_8);
    }

    /** Looks at a command; returns the exit code if there is nothing more to do. */
    OptionalInt at(Command command) {
        return switch (command) {
            case Command.Say(String text) -> {
                out.print(text);
                out.flush();
                yield OptionalInt.of(0);
            }
            case Command.Version version -> at(new Command.Say(VersionText.of(variables)));
            case Command.ListModels models -> {
                OptionalInt end = settings(command);
                yield end.isPresent() ? end : OptionalInt.of(new ModelTable(variables, out).print());
            }
            case Command.Refuse(String reason) -> {
                err.println(reason);
                err.print(Command.USAGE);
                yield OptionalInt.of(WRONG_ARGUMENTS);
            }
            case Command.Plan asked -> {
                OptionalInt end = settings(command);
                yield end.isPresent() ? end : OptionalInt.of(new PlanTable(variables, out, err).print(asked));
            }
            case Command.Verify(Path file) -> {
                OptionalInt end = settings(command);
                yield end.isPresent() ? end : OptionalInt.of(verify(file));
            }
            case Command.Serve serve -> settings(command);
            case Command.OneJob(Path payload) -> {
                OptionalInt end = settings(command);
                yield end.isPresent() ? end : payload(payload);
            }
        };
    }

    private OptionalInt settings(Command command) {
        var environment = new Environment(variables, WorkerConfig.class);
        List<String> faults = new ArrayList<>(environment.faults());
        models(environment).ifPresent(faults::add);
        plan(environment).ifPresent(faults::add);
        webhookSecrets(environment).ifPresent(faults::add);
        faults.addAll(provenance(environment));
        faults.addAll(new TraceSettings(variables).faults());
        OpenFiles.tooFew().ifPresent(faults::add);
        environment.doubts().forEach(doubt -> say("warning", doubt));
        if (faults.isEmpty()) {
            return OptionalInt.empty();
        }
        faults.forEach(fault -> say("FAIL", fault));
        boolean oneJob = command instanceof Command.OneJob;
        FailedStart.tell("environment", new IllegalArgumentException(String.join("; ", faults)), oneJob);
        return OptionalInt.of(oneJob ? JOB_FAILED : WRONG_SETTINGS);
    }

    /** Says what is wrong with the list of models, whose form only its reader knows. */
    private static Optional<String> models(Environment environment) {
        try {
            environment.value("darkroom.models").filter(list -> !list.isBlank()).ifPresent(ModelList::parse);
            return Optional.empty();
        } catch (HubException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Says what is wrong with the memory plan, likewise. */
    private static Optional<String> plan(Environment environment) {
        try {
            environment
                    .value("darkroom.memory-plan")
                    .filter(plan -> !plan.isBlank())
                    .ifPresent(PlanChoice::parse);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("DARKROOM_MEMORY_PLAN: " + e.getMessage());
        }
    }

    /** Says what is wrong with the secrets of webhooks, likewise. */
    private static Optional<String> webhookSecrets(Environment environment) {
        try {
            Webhooks.checkSecrets(
                    environment.value("darkroom.http.webhook.secret"),
                    environment.value("darkroom.http.webhook.secret-next"));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Says what is wrong with keys and certificates, likewise. */
    private static List<String> provenance(Environment environment) {
        return PictureSeal.faults(
                environment.value("darkroom.provenance.key"),
                environment.value("darkroom.provenance.chain"),
                environment.value("darkroom.provenance.trust"),
                environment.value("darkroom.provenance.time-stamps"));
    }

    /** Writes a line as the start-up scripts do. */
    private void say(String result, String detail) {
        if (variables.getOrDefault("DARKROOM_CHECKS", "").equals("json")) {
            err.println(JobJson.object()
                    .put("check", "environment")
                    .put("result", result)
                    .put("detail", detail));
        } else {
            err.println(result + " environment: " + detail);
        }
    }

    /** Looks at a file; returns 0 unless it cannot be read, or what it says does not hold. */
    private int verify(Path file) {
        WorkerConfig config = new Environment(variables, WorkerConfig.class).read(WorkerConfig.class);
        try (InputStream in = Files.newInputStream(file)) {
            int largest = Math.toIntExact(config.sources().largestFile().asLongValue());
            byte[] bytes = in.readNBytes(largest + 1);
            if (bytes.length > largest) {
                throw JobException.badInput("file: must be at most " + largest + " bytes");
            }
            var decoder = new PictureDecoder(config.sources().pictureLimits());
            Verification.Report report =
                    new Verification(config.provenance(), FoundMark.Pixels.by(decoder)).verify("file", bytes);
            out.println(report.json().toPrettyString());
            return report.broken() ? BROKEN : 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return BROKEN;
        } catch (IOException | RuntimeException e) {
            out.println(JobJson.object().put("error", Reason.of(e)));
            return BROKEN;
        }
    }

    /** Reads the job, without the models that will do it. */
    private OptionalInt payload(Path payload) {
        WorkerConfig config = new Environment(variables, WorkerConfig.class).read(WorkerConfig.class);
        PayloadReader reader;
        try {
            reader = Wiring.payloads(config);
        } catch (RuntimeException e) {
            say("FAIL", Reason.of(e));
            PayloadFile.refuse(out, e);
            return OptionalInt.of(JOB_FAILED);
        }
        Map<String, ModelSource> models = ModelList.of(config);
        reader.checkWith(job -> named(job, models));
        return new PayloadFile(payload, reader, out).look().isPresent()
                ? OptionalInt.empty()
                : OptionalInt.of(JOB_FAILED);
    }

    private static void named(Job job, Map<String, ModelSource> models) {
        String name = job.envelope().model();
        if (name != null && !models.containsKey(name)) {
            throw ServedModels.unknown(name, models.keySet());
        }
    }
}
