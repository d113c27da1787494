package dev.darkroom;

import static dev.darkroom.Caller.file;
import static dev.darkroom.Caller.runsync;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API of stable-diffusion-webui before the whole worker: its pictures are those of the other doors, and nothing is passed over in silence. */
@QuarkusTest
class StableDiffusionApiTest extends WholeWorker {
    private static Response ask(String call, String fields) {
        return given().contentType(ContentType.JSON)
                .body(fields.replace('\'', '"'))
                .post("/sdapi/v1/" + call);
    }

    @Test
    void theSameSeedGivesTheSameBytesThroughEachDoor() {
        byte[] expected =
                file(runsync("'prompt': 'a red circle', 'seed': 7, 'size': '128x96', 'num_inference_steps': 2"));

        JsonPath answer = ask(
                        "txt2img",
                        "{'prompt': 'a red circle', 'seed': 7, 'width': 128, 'height': 96, 'steps': 2, 'cfg_scale': 7,"
                                + " 'negative_prompt': 'grey', 'sampler_name': 'DPM++ 2M', 'clip_skip': 2}")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        assertThat(Base64.getDecoder().decode(answer.getString("images[0]"))).isEqualTo(expected);
        List<String> notes = JsonPath.from(answer.getString("info")).getList("notes");
        for (String field : List.of("cfg_scale", "negative_prompt", "sampler_name", "clip_skip")) {
            assertThat(notes).as(field).anyMatch(note -> note.startsWith(field + ": "));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'prompt': 'a', 'steps': 9999} | steps: ",
                "{'prompt': 'a', 'enable_hr': true} | enable_hr: ",
                "{'prompt': 'a', 'batch_size': 0} | batch_size: ",
                "{'prompt': 'a', 'batch_size': 11} | batch_size × n_iter: must be from 1 to 10",
                "{'prompt': 'a', 'override_settings': {'sd_model_checkpoint': 'none'}} | override_settings.sd_model_checkpoint: ",
                "{'prompt': 'a <lora:none:1>'} | prompt: ",
                "{'prompt': 'a', 'cfg_scale': 'much'} | cfg_scale: ",
                "{'prompt': 'a', 'nonsense': 1} | nonsense: ",
                "{} | prompt",
                "[] | the body must be a JSON object"
            })
    void aFaultNamesTheFieldThatWasSent(String fields, String fault) {
        ask("txt2img", fields).then().statusCode(400).body("detail", startsWith(fault));
    }

    @Test
    void aPictureIsMissedByItsName() {
        ask("img2img", "{'prompt': 'a'}").then().statusCode(400).body("detail", startsWith("init_images: "));
    }

    @Test
    void nobodyDraws() {
        given().get("/sdapi/v1/progress")
                .then()
                .statusCode(200)
                .body("progress", equalTo(0.0f))
                .body("state.job_count", equalTo(0));
        ask("interrupt", "{}").then().statusCode(200);
    }

    @Test
    void theModelThatIsChosenDrawsAndOthersAreRefused() {
        ask("options", "{'sd_model_checkpoint': 'nobody'}").then().statusCode(400);
        given().get("/sdapi/v1/options").then().body("sd_model_checkpoint", equalTo("pocket-flux"));
    }
}
