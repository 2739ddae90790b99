import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** {@code java Request.java METHOD URL TOKEN [BODY]}: for machines without curl. */
class Request {
  public static void main(String[] args) throws Exception {
    var body = args.length > 3 ? BodyPublishers.ofString(args[3]) : BodyPublishers.noBody();
    var request = HttpRequest.newBuilder(URI.create(args[1])).method(args[0], body);
    request.header("Authorization", "Bearer " + args[2]);
    var response =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .build()
            .send(request.build(), BodyHandlers.ofString());
    System.out.println(response.body());
    System.out.print(response.statusCode());
  }
}
