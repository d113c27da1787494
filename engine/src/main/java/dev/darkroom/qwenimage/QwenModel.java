package dev.darkroom.qwenimage;

import dev.darkroom.image.DriftSearch;
import dev.darkroom.image.PictureSizes;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.lora.Loras;
import dev.darkroom.lora.ModelLoras;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Resident;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.weights.ConfigFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Qwen-Image checkpoint: chooses the pipeline from the checkpoint's own files, fills in its defaults, and turns jobs into pictures. */
public final class QwenModel implements ImageModel {
    /** The pipelines that {@code model_index.json} may name. */
    public static final List<String> PIPELINES = QwenKind.PIPELINES;

    private static final int LONGEST_EDIT_PROMPT = 2048;
    private static final String IMAGE_TOKEN = "<|image_pad|>";

    private static final Size WARM_UP = new Size(64, 64);

    private final QwenKind kind;
    private final QwenNetworks networks;
    private final Choices choices;
    private final ModelLoras loras;

    private QwenModel(QwenKind kind, QwenNetworks networks, Choices choices, ModelLoras loras) {
        this.kind = kind;
        this.networks = networks;
        this.choices = choices;
        this.loras = loras;
    }

    /**
     * Opens a directory in diffusers layout, without loading its networks.
     *
     * @param name of the model, for messages
     * @param limits of the pictures that it may be asked for
     * @param loras puts the LoRAs of jobs on its networks
     * @throws dev.darkroom.weights.CheckpointException that names the file that is missing or damaged
     */
    public static QwenModel open(String name, Path checkpoint, Limits limits, Loras loras) {
        String className =
                ConfigFile.read(checkpoint.resolve("model_index.json")).text("_class_name", "");
        QwenKind kind = QwenKind.of(className, checkpoint);
        ModelLoras own = ModelLoras.of(checkpoint, loras);
        return new QwenModel(kind, QwenNetworks.open(name, checkpoint), Choices.of(checkpoint, own, limits), own);
    }

    @Override
    public CheckpointDefaults defaults() {
        return choices.defaults();
    }

    @Override
    public List<Resident<?>> networks() {
        return networks.all();
    }

    @Override
    public Fit fit(Job job) {
        return kind.fit(job);
    }

    @Override
    public void check(Job job) {
        Sampling ask = Job.sampling(job);
        var faults = new Faults();
        faults.check(
                ask.guidanceScale() == null || ask.guidanceScale() == 0,
                "guidance_scale",
                "this model has no guidance embedding: send true_cfg_scale in its place, or 0, not "
                        + ask.guidanceScale());
        faults.check(
                ask.negativePrompt() == null || ask.negativePrompt().isBlank() || choices.trueCfgScale(ask) > 1,
                "negative_prompt",
                "has no effect with a true_cfg_scale of " + choices.trueCfgScale(ask) + ": send one above 1");
        for (String prompt : ask.prompts()) {
            checkText("prompt", prompt, faults);
        }
        checkText("negative_prompt", ask.negativePrompt(), faults);
        kind.check(job, faults);
        faults.refuse();
    }

    /** Long prompts are cut where there is no image, as the reference has it; with one they are refused. */
    private void checkText(String field, @Nullable String text, Faults faults) {
        if (text == null) {
            return;
        }
        faults.check(
                !text.contains(IMAGE_TOKEN),
                field,
                "must not contain " + IMAGE_TOKEN + ", which stands for one of the job's images");
        if (kind instanceof QwenKind.Edit) {
            int tokens = tokens(text);
            faults.check(
                    tokens <= LONGEST_EDIT_PROMPT,
                    field,
                    "must make at most " + LONGEST_EDIT_PROMPT + " tokens, not " + tokens);
        }
    }

    private int tokens(String text) {
        return networks.tokenizer().encode(text).length;
    }

    @Override
    public Rendering render(Job job, Sample sample, Sources sources, Progress progress) {
        var timings = new Timings();
        Sampling ask = Job.sampling(job);
        PictureSizes sizes = kind.sizes(
                ask.framing(), sources.images().stream().map(Picture::size).toList(), defaults());
        choices.limits().require(sizes.output());
        QwenRequest request = choices.request(ask, sample.prompt(), sizes.generated());
        List<String> notes = notes(ask, request, sizes);
        Picture picture;
        try (var adapted = loras.attach(sources.loras(), networks.adaptable())) {
            notes.addAll(adapted.notes());
            QwenComponents components = networks.components(choices.schedule(ask), adapted.identity("text_encoder"));
            picture = generate(components, request, sources.images(), sample.seed(), progress, timings);
        } finally {
            networks.memory().trim();
        }
        Picture image = sources.image();
        Picture inFrame = image != null
                        && Framing.isFrameOf(ask.framing(), sources.images().size())
                ? DriftSearch.undone(image, picture, notes::add)
                : picture;
        Picture finished = sizes.fit(inFrame, image != null);
        timings.lap("resize");
        return new Rendering(finished, timings, notes, parameters(sources, request, sizes.output()));
    }

    private Picture generate(
            QwenComponents components,
            QwenRequest request,
            List<Picture> images,
            long seed,
            Progress progress,
            Timings timings) {
        Noise noise = Noise.seeded(seed, components.transformer().placement().dtype());
        return switch (kind) {
            case QwenKind.Text ignored -> new QwenImagePipeline(components).generate(request, noise, progress, timings);
            case QwenKind.Edit edit ->
                new QwenImageEditPipeline(components, edit.style()).generate(request, images, noise, progress, timings);
        };
    }

    @Override
    public void warmUp() {
        var request = new QwenRequest("", null, WARM_UP, 1, 1, defaults().maxSequenceLength());
        loras.attach(List.of(), networks.adaptable()).close(); // refuses what does not fit before a job comes
        QwenComponents components = networks.components(choices.usual(), "");
        Noise noise = Noise.seeded(0, components.transformer().placement().dtype());
        switch (kind) {
            case QwenKind.Text ignored ->
                new QwenImagePipeline(components).generate(request, noise, Progress.NONE, new Timings());
            case QwenKind.Edit ignored -> {
                var black = new Picture(
                        WARM_UP.width(), WARM_UP.height(), new byte[3 * WARM_UP.width() * WARM_UP.height()]);
                new QwenImageEditPipeline(components, new EditStyle.Plus(WARM_UP.area(), WARM_UP.area()))
                        .generate(request, List.of(black), noise, Progress.NONE, new Timings());
            }
        }
    }

    private List<String> notes(Sampling ask, QwenRequest request, PictureSizes sizes) {
        List<String> notes = new ArrayList<>();
        if (ask.goFast()) {
            notes.add("go_fast: this model has no faster way than its usual one");
        }
        sizes.note().ifPresent(notes::add);
        if (choices.usesLightning(ask)) {
            notes.add("a Lightning LoRA: its own schedule, " + request.steps() + " steps"
                    + (request.usesTrueCfg() ? "" : " of one pass"));
        }
        if (kind instanceof QwenKind.Text) {
            noteCut(notes, "prompt", request.prompt());
            if (request.usesTrueCfg()) {
                noteCut(notes, "negative prompt", String.valueOf(request.negativePrompt()));
            }
        }
        return notes;
    }

    private void noteCut(List<String> notes, String what, String text) {
        int tokens = tokens(text) + PromptTemplate.END_TOKENS;
        if (tokens > defaults().maxSequenceLength()) {
            notes.add("the " + what + " has " + tokens + " tokens with the template's end; the model read the first "
                    + defaults().maxSequenceLength());
        }
    }

    private Map<String, Object> parameters(Sources sources, QwenRequest request, Size output) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        if (request.usesTrueCfg()) {
            parameters.put("negative_prompt", String.valueOf(request.negativePrompt()));
            parameters.put("true_cfg_scale", request.trueCfgScale());
        }
        List<Map<String, Object>> drawnWith = loras.describe(sources.loras());
        if (!drawnWith.isEmpty()) {
            parameters.put("loras", drawnWith);
        }
        parameters.put("num_inference_steps", request.steps());
        parameters.put("size", output.toString());
        return parameters;
    }

    @Override
    public void close() {
        networks.close();
    }
}
