package dev.darkroom.animation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.animation.deforum.DeforumNames;
import dev.darkroom.animation.deforum.DeforumSetting;
import dev.darkroom.animation.frame.FrameNumbers;
import dev.darkroom.animation.warp.PlaneMotion;
import dev.darkroom.animation.warp.SpaceMotion;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Size;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What settings come to, and what is refused before anything is drawn: with which words. */
class AnimationPlanTest {
    private static final Size SIZE = new Size(64, 64);
    private static @Nullable ImageModel model;

    @BeforeAll
    static void open() {
        model = LoadedModel.open("test", TestCheckpoints.POCKET_FLUX);
    }

    @AfterAll
    static void close() {
        model().close();
    }

    @Test
    void whatAJobStatesGoesBeforeItsPresetAndThatBeforeTheRest() {
        AnimationPlan plain = plan(wanted());
        AnimationPlan preset = plan(wanted().withPreset("Cinematic"));
        AnimationPlan stated = plan(wanted().withPreset("cinematic").with("animation_mode", "2D", "zoom", "0:(2)"));

        assertThat(plain.mode()).isEqualTo(AnimationMode.PLANE);
        assertThat(plain.strength()[0]).isEqualTo(0.65);
        assertThat(plain.cadence().every()).isEqualTo(1);
        assertThat(preset.mode()).isEqualTo(AnimationMode.SPACE);
        assertThat(preset.cadence().every()).isEqualTo(2);
        assertThat(((SpaceMotion) numbers(preset, 0).motion()).translationZ()).isEqualTo(1.5);
        assertThat(((PlaneMotion) numbers(stated, 0).motion()).zoom()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void everyPresetIsReadAndNothingOfItIsWithoutEffect(Preset preset) {
        AnimationPlan plan = plan(wanted().withPreset(preset.fieldValue()));

        assertThat(plan.notes()).isEmpty();
        assertThat(preset.settings().keySet())
                .isSubsetOf(DeforumNames.ALL.stream().map(DeforumSetting::name).toList());
    }

    @Test
    void schedulesHoldForEveryFrame() {
        AnimationPlan plan =
                plan(wanted().with("max_frames", "11", "zoom", "0:(1), 10:(2)", "noise_schedule", "0:(t/100)"));

        assertThat(((PlaneMotion) numbers(plan, 5).motion()).zoom()).isEqualTo(1.5);
        assertThat(numbers(plan, 5).noise()).isEqualTo(0.05);
        assertThat(numbers(plan, 11)).as("behind the last frame").isEqualTo(numbers(plan, 10));
    }

    @Test
    void aWholeFileOfTheWebuiExtensionIsTaken() {
        Map<String, String> file = file(DeforumSetting::webui, DeforumSetting::webuiDefault);
        assertThat(file).hasSizeGreaterThan(150);

        AnimationPlan plan = plan(new Wanted(file, Map.of(), null, SIZE, 7, List.of()));

        assertThat(plan.frames()).isEqualTo(120);
        assertThat(plan.cadence().every()).isEqualTo(2);
        assertThat(plan.notes())
                .containsExactly("cfg_scale_schedule: this model does not read these scales: its own is taken");
    }

    @Test
    void aWholeFileOfTheClassicNotebookIsTaken() {
        Map<String, String> file = file(DeforumSetting::classic, DeforumSetting::classicDefault);
        assertThat(file).hasSizeGreaterThan(100);

        AnimationPlan plan = plan(new Wanted(file, Map.of(), null, SIZE, 7, List.of()));

        assertThat(plan.frames()).isEqualTo(1000);
        assertThat(plan.notes())
                .hasSize(2)
                .anyMatch(note -> note.startsWith("scale: this model does not read"))
                .anyMatch(note -> note.startsWith("strength_schedule: is the part of the frame before that is kept"));
    }

    private static Map<String, String> file(
            Function<DeforumSetting, @Nullable String> key, Function<DeforumSetting, @Nullable String> value) {
        Map<String, String> file = new LinkedHashMap<>();
        for (DeforumSetting setting : DeforumNames.ALL) {
            String name = key.apply(setting);
            String text = value.apply(setting);
            if (name != null && text != null && setting.kind() != DeforumSetting.Kind.PROMPTS) {
                file.put(name, text);
            }
        }
        return file;
    }

    @Test
    void whatHasNoMeaningHereIsToldInOneNote() {
        assertThat(plan(wanted().with("sampler", "DPM++ 2M", "tiling", "true", "diffusion_redo", "0"))
                        .notes())
                .containsExactly("settings without an effect here: sampler, tiling");
    }

    @Test
    void seedsStepsAndSizeOfASettingsFileCount() {
        Wanted wanted = wanted().with("seed", "41", "seed_behavior", "ladder", "max_frames", "4");
        assertThat(plan(wanted).seeds()).containsExactly(41, 43, 42, 44);
        assertThat(wanted.job().samples().getFirst().seed()).isEqualTo(41);

        AnimationPlan plan = plan(wanted.with("enable_steps_scheduling", "True", "steps_schedule", "0:(2), 3:(5)"));
        assertThat(plan.steps()).containsExactly(2, 3, 4, 5);
        assertThat(plan.size(new Size(128, 128), null)).isEqualTo(SIZE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            zoom                     | 0:(1+)            | zoom: key 0, column 6:
            strength_schedule        | 0:(1), 5          | strength_schedule:
            angle                    | 5:(1)             | angle: frame 0 has no value
            zoom                     | 0:(1), 3:(0)      | zoom: must be from 0.001 to 1000, not 0, in frame 3
            noise_schedule           | 0:(1.5)           | noise_schedule: must be from 0 to 1, not 1.5, in frame 0
            translation_z            | 0:(x)             | translation_z: key 0, column 4:
            max_frames               | 1001              | max_frames: must be from 1 to 1000, not 1001
            max_frames               | 2.5               | max_frames: must be a whole number
            diffusion_cadence        | 0                 | diffusion_cadence: must be from 1 to
            animation_mode           | Video Input       | animation_mode: Video Input needs the job's video
            animation_mode           | 4D                | animation_mode: must be 2D, 3D, Interpolation, Video Input or None, not 4D
            optical_flow_cadence     | SIFT              | optical_flow_cadence: must be None, RAFT, DIS Medium, DIS Fine, Farneback, not SIFT
            color_coherence          | Video Input       | color_coherence: Video Input needs the job's video
            color_coherence          | Image             | color_coherence: Image needs the job's image
            color_coherence          | CMYK              | color_coherence: must be None, RGB, HSV, LAB, Image or Video Input, not CMYK
            border                   | mirror            | border: must be one of replicate, wrap, not mirror
            padding_mode             | none              | padding_mode: must be one of zeros, border, reflection
            noise_type               | simplex           | noise_type: must be one of uniform, perlin
            perlin_octaves           | 11                | perlin_octaves: must leave at most 2048 cells
            seed_behavior            | lucky             | seed_behavior: must be one of iter, fixed,
            enable_perspective_flip  | maybe             | enable_perspective_flip: must be true or false, not maybe
            use_init                 | true              | use_init: is true, but the job has no image
            seed                     | lucky             | seed: must be a whole number of up to 18 digits
            W                        | 512               | W and H: must be sent together
            zom                      | 0:(1)             | zom: is no setting of Deforum's
            prompts                  | a fox             | prompts: must be texts by frames
            """)
    void aSettingThatCannotBeIsRefusedByItsName(String key, String value, String message) {
        Wanted wanted = key.equals("W")
                ? new Wanted(Map.of(key, value), Map.of(), null, SIZE, 7, List.of())
                : wanted().with(key, value);
        Job.Animation job = wanted.job();
        Job.Animation sized = key.equals("W")
                ? new Job.Animation(
                        job.envelope(),
                        dev.darkroom.job.TestJobs.of("a fox", null, null, null, null, null, 7),
                        job.settings(),
                        List.of())
                : job;

        LoadedModel.assertRefused(animated(), sized, message);
    }

    @Test
    void sidesOfFramesAreMultiplesOf16() {
        AnimationPlan plan = plan(wanted().of(new Size(100, 70)));

        assertThat(plan.size(SIZE, null)).isEqualTo(new Size(96, 64));
        assertThat(plan.sizeNote(SIZE, null)).hasValue("size: frames are of 96x64, for sides are multiples of 16");
        assertThat(plan(wanted()).sizeNote(SIZE, null)).isEmpty();
    }

    @Test
    void severalFaultySchedulesAreToldAtOnce() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> animated()
                        .check(wanted().with("zoom", "0:(1+)", "angle", "0:(sin)", "contrast_schedule", "1")
                                .job()))
                .withMessageContainingAll("zoom: ", "angle: ");
    }

    @Test
    void promptsAreCheckedBeforeAnythingIsDrawn() {
        LoadedModel.assertRefused(
                animated(), wanted().withPrompts(Map.of("0", "a fox `1+`")).job(), "prompts: key 0, column ");
        LoadedModel.assertRefused(
                animated(), wanted().withPrompts(Map.of("x", "a fox")).job(), "prompts: key x, column 1");
        LoadedModel.assertRefused(animated(), wanted().withPreset("calm").job(), "preset: must be one of smooth, ");
    }

    @Test
    void framesAreBoundedTogether() {
        var limits = new AnimationLimits(1000, 10 * 64 * 64, Limits.STANDARD);
        var animated = new Animated(model(), new MemoryFilms(), limits, null);
        animated.check(wanted().frames(10).job());

        LoadedModel.assertRefused(
                animated,
                wanted().frames(11).job(),
                "max_frames: 11 frames of 64x64 have 45056 pixels, but all frames together may have at most 40960");
    }

    @Test
    void modelsThatKeepNoPartOfAPictureDrawNoAnimation() {
        try (ImageModel edits = LoadedModel.open("test", TestCheckpoints.POCKET_EDIT)) {
            var animated = new Animated(edits, new MemoryFilms(), AnimationLimits.STANDARD, null);

            assertThat(animated.fit(wanted().job())).isEqualTo(Fit.UNABLE);
            LoadedModel.assertRefused(animated, wanted().job(), "type: this model draws no animation");
        }
        LoadedModel.assertRefused(model(), wanted().job(), "type: this model draws pictures alone");
    }

    private static ImageModel model() {
        return Objects.requireNonNull(model);
    }

    private static Animated animated() {
        return new Animated(model(), new MemoryFilms(), AnimationLimits.STANDARD, null);
    }

    private static Wanted wanted() {
        return Wanted.ZOOM.frames(6);
    }

    private static AnimationPlan plan(Wanted wanted) {
        Job.Animation job = wanted.job();
        animated().check(job);
        return AnimationPlan.of(
                job,
                job.samples().getFirst().seed(),
                AnimationLimits.STANDARD,
                new Takes(model(), job.envelope(), job.sampling()),
                null);
    }

    private static FrameNumbers numbers(AnimationPlan plan, int frame) {
        return plan.curves().at(frame, SIZE);
    }
}
