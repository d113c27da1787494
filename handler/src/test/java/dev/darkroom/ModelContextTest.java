package dev.darkroom;

import static dev.darkroom.Caller.file;
import static dev.darkroom.Caller.runsync;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** MCP before the whole worker; the official client runs in deploy/client-test. */
@QuarkusTest
class ModelContextTest extends WholeWorker {
    private static final String SESSION = "Mcp-Session-Id";

    private static Response send(String session, String message) {
        var request = given().contentType(ContentType.JSON).accept("application/json, text/event-stream");
        return (session.isEmpty() ? request : request.header(SESSION, session))
                .body(message.replace('\'', '"'))
                .post("/mcp");
    }

    private static String begin() {
        Response begun = send(
                "",
                "{'jsonrpc': '2.0', 'id': 1, 'method': 'initialize', 'params': {'protocolVersion': '2025-06-18',"
                        + " 'capabilities': {}, 'clientInfo': {'name': 'test', 'version': '1'}}}");
        begun.then().statusCode(200);
        String session = begun.header(SESSION);
        send(session, "{'jsonrpc': '2.0', 'method': 'notifications/initialized'}");
        return session;
    }

    private static JsonPath call(String session, String tool, String arguments) {
        String text = send(
                        session,
                        "{'jsonrpc': '2.0', 'id': 2, 'method': 'tools/call', 'params': {'name': '" + tool
                                + "', 'arguments': " + arguments + "}}")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        int json = text.indexOf("{\"");
        return JsonPath.from(text.substring(json).strip());
    }

    @Test
    void aToolDrawsThePictureOfTheOtherDoors() {
        byte[] expected =
                file(runsync("'prompt': 'a red circle', 'seed': 7, 'size': '128x96', 'output_format': 'png'"));

        JsonPath answer = call(
                begin(),
                "generate_image",
                "{'prompt': 'a red circle', 'seed': 7, 'size': '128x96', 'output_format': 'png'}");

        assertThat(answer.getBoolean("result.isError")).isFalse();
        String picture = answer.getString("result.content.find { it.type == 'image' }.data");
        assertThat(Base64.getDecoder().decode(picture)).isEqualTo(expected);
    }

    @Test
    void faultsAreToldByTheField() {
        JsonPath answer = call(begin(), "generate_image", "{'prompt': 'a', 'num_inference_steps': 9999}");

        assertThat(answer.getBoolean("result.isError")).isTrue();
        assertThat(answer.getString("result.content[0].text")).startsWith("num_inference_steps: must be from 1 to 200");
    }

    @Test
    void toolsHaveTheFieldsOfAJob() {
        send(begin(), "{'jsonrpc': '2.0', 'id': 3, 'method': 'tools/list'}")
                .then()
                .statusCode(200)
                .body(containsString("generate_image"))
                .body(containsString("edit_image"))
                .body(containsString("list_models"))
                .body(containsString("num_inference_steps"));
    }

    @Test
    void whoHasNoSessionIsRefused() {
        send("", "{'jsonrpc': '2.0', 'id': 3, 'method': 'tools/list'}").then().statusCode(400);
        send("nobody", "{'jsonrpc': '2.0', 'id': 3, 'method': 'tools/list'}")
                .then()
                .statusCode(404);
    }

    @Test
    void pagesOfOthersAreRefused() {
        given().contentType(ContentType.JSON)
                .header("Origin", "https://elsewhere.example")
                .body("{}")
                .post("/mcp")
                .then()
                .statusCode(403);
    }

    @Test
    void modelsAreListedWithWhatTheyDo() {
        given().get("/models")
                .then()
                .statusCode(200)
                .body("models.name", hasItems("pocket-flux", "pocket-qwen-edit"))
                .body("models[0].can.draw", equalTo(true))
                .body("models.find { it.name == 'pocket-qwen-edit' }.can.edit", equalTo(true))
                .body("models[0].defaults.width", equalTo(128));
    }
}
