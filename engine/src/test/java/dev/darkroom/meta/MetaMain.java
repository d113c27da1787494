package dev.darkroom.meta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Sample;
import dev.darkroom.meta.Scenario.Adapter;
import dev.darkroom.model.Activations;
import dev.darkroom.model.HeldNetworks;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Sources;
import dev.darkroom.tally.StepTally;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.OperatorLog;
import dev.darkroom.tensor.OperatorsOnMeta;
import dev.darkroom.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs all {@link Scenarios} on {@code meta}, in a folder for their checkpoints: one line of JSON each. */
final class MetaMain {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int RANK = 2;

    private final Path folder;

    private MetaMain(Path folder) {
        this.folder = folder;
    }

    public static void main(String... arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        var main = new MetaMain(Path.of(arguments[0]));
        System.out.println(operators());
        for (Scenario scenario : Scenarios.ALL) {
            System.out.println(main.run(scenario));
        }
        System.exit(0); // libtorch's threads
    }

    private static ObjectNode operators() {
        ObjectNode line = JSON.createObjectNode().put("scenario", "operators");
        List<String> tried = new ArrayList<>();
        OperatorsOnMeta.disagreements(tried).forEach(line.putObject("otherwise")::put);
        tried.forEach(line.putArray("tried")::add);
        return line;
    }

    private ObjectNode run(Scenario scenario) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        line.put("scenario", scenario.checkpoint() + ": " + scenario.name());
        long start = System.nanoTime();
        long before = Scope.liveTensors();
        var tally = new StepTally();
        Path checkpoint = Checkpoints.at(scenario.checkpoint(), folder);
        try (var log = scenario.planted().isEmpty()
                        ? OperatorLog.to(tally)
                        : OperatorLog.planting(scenario.planted(), tally);
                MetaModel loaded = MetaModel.load(checkpoint, scenario.fp8(), scenario.plan(), scenario.holding())) {
            ImageModel model = loaded.model();
            for (Resident<?> network : model.networks()) {
                line.withObject("networks")
                        .putObject(network.toString().replaceFirst(" of .*", ""))
                        .put("placement", network.required().placement().toString())
                        .put("bytes", network.bytes())
                        .put("slot", slot(network));
            }
            tally.weightsAreThere();
            line.put("held", tally.weightBytes());
            render(model, scenario, line, tally);
        } catch (RuntimeException e) {
            line.put("error", String.valueOf(e.getMessage()));
        }
        line.put("left", Scope.liveTensors() - before);
        line.put("seconds", (System.nanoTime() - start) / 100_000_000 / 10.0);
        return line;
    }

    private void render(ImageModel model, Scenario scenario, ObjectNode line, StepTally tally) throws IOException {
        Job.Generation job = scenario.job();
        model.check(job);
        List<LoraFile> loras = scenario.adapter() == Adapter.NONE
                ? List.of()
                : List.of(AdapterFile.write(model, scenario.checkpoint(), scenario.adapter(), RANK, folder));
        Sources sources = scenario.sources(loras);
        List<Sample> batch = model.batches(job, job.samples(), sources).getFirst();
        Rendering rendering = model.render(job, batch, sources, (step, steps) -> {
                    line.put("steps", step + " of " + steps);
                    tally.next();
                })
                .getLast();
        line.put("batch", batch.size());
        line.put("peak", tally.activationPeak());
        line.set("demand", demand(model.demand(job, batch, sources).in(DType.BFLOAT16)));
        line.set("step", tally.json(tally.steps().getLast()));
        line.put("picture", rendering.picture().size().toString());
        rendering.notes().forEach(line.withArray("notes")::add);
    }

    private static ObjectNode demand(Activations predicted) {
        return JSON.createObjectNode()
                .put("text_encoder", predicted.textEncoder())
                .put("transformer", predicted.transformer())
                .put("vae", predicted.vae())
                .put("kept", predicted.kept());
    }

    private static long slot(Resident<?> network) {
        return HeldNetworks.sizes(network, network.required().placement()).slot();
    }
}
