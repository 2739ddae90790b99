package io.perdure.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A language's function that returns "ok" at once, and the same behind a plain HTTP server. */
enum ManagedLanguage {
  PYTHON("python3", "python", "index.handler", 128) {
    @Override
    Map<String, byte[]> files() {
      return Map.of("index.py", "def handler(event, context):\n    return 'ok'\n".getBytes(UTF_8));
    }

    @Override
    List<String> alone() {
      return List.of("-c", "import sys; print(1, flush=True); sys.stdin.read()");
    }

    @Override
    List<String> server() {
      return List.of("-c", PYTHON_SERVER);
    }
  },

  NODEJS("nodejs", "node", "index.handler", 128) {
    @Override
    Map<String, byte[]> files() {
      String code = "exports.handler = async (event, context) => 'ok';\n";
      return Map.of("index.js", code.getBytes(UTF_8));
    }

    @Override
    List<String> alone() {
      return List.of("-e", "console.log(1); process.stdin.resume()");
    }

    @Override
    List<String> server() {
      return List.of("-e", NODE_SERVER);
    }
  },

  JAVA("java", "java", BenchHandler.class.getName() + "::handle", 256) {
    @Override
    Map<String, byte[]> files() {
      String file = BenchHandler.class.getName().replace('.', '/') + ".class";
      try (InputStream in = BenchHandler.class.getResourceAsStream("/" + file)) {
        return Map.of(file, in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    List<String> alone() {
      return List.of("-cp", System.getProperty("java.class.path"), BenchHandler.class.getName());
    }

    @Override
    List<String> server() {
      return List.of("-cp", System.getProperty("java.class.path"), PlainJavaServer.class.getName());
    }
  };

  /** Buffered, so that an answer is one packet: else it waits for the other side's delayed ACK. */
  private static final String PYTHON_SERVER =
      """
      from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

      def handler(event, context):
          return 'ok'

      class Plain(BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'
          wbufsize = -1

          def do_POST(self):
              event = self.rfile.read(int(self.headers['Content-Length']))
              result = handler(event, None).encode()
              self.send_response(200)
              self.send_header('Content-Length', str(len(result)))
              self.end_headers()
              self.wfile.write(result)

          def log_message(self, *args):
              pass

      class Server(ThreadingHTTPServer):
          request_queue_size = 128

          def handle_error(self, *args):
              pass  # the generator hangs up when its time is over

      server = Server(('127.0.0.1', 0), Plain)
      print(server.server_port, flush=True)
      server.serve_forever()
      """;

  private static final String NODE_SERVER =
      """
      const handler = async (event, context) => 'ok';
      const server = require('http').createServer((request, response) => {
        const chunks = [];
        request.on('data', (chunk) => chunks.push(chunk));
        request.on('end', async () => response.end(await handler(Buffer.concat(chunks))));
      });
      server.listen(0, '127.0.0.1', () => console.log(server.address().port));
      """;

  private final String kind;
  private final String program;
  private final String handler;
  private final int memoryMb;

  ManagedLanguage(String kind, String program, String handler, int memoryMb) {
    this.kind = kind;
    this.program = program;
    this.handler = handler;
    this.memoryMb = memoryMb;
  }

  /** As the native API names it. */
  String kind() {
    return kind;
  }

  /** How the name of its interpreter begins. */
  String program() {
    return program;
  }

  /** Name and content of what is packed. */
  abstract Map<String, byte[]> files();

  /** Arguments with which the interpreter prints a line, and ends with its input. */
  abstract List<String> alone();

  /** Arguments with which it serves the handler by HTTP and prints its port. */
  abstract List<String> server();

  /**
   * What creates the function.
   *
   * @param mark makes the package another one than those with other marks
   */
  Map<String, Object> definition(String mark, int concurrency) {
    Map<String, Object> runtime = new LinkedHashMap<>();
    runtime.put("kind", kind);
    runtime.put("handler", handler);
    runtime.put("memoryMb", memoryMb);
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("runtime", runtime);
    definition.put("concurrency", concurrency);
    definition.put("timeoutMs", 60_000);
    definition.put("code", Map.of("zip", Base64.getEncoder().encodeToString(zip(mark))));
    return definition;
  }

  private byte[] zip(String mark) {
    Map<String, byte[]> entries = new LinkedHashMap<>(files());
    entries.put("mark.txt", mark.getBytes(UTF_8));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it writes to memory
    }
    return bytes.toByteArray();
  }

  /** The two lists as one. */
  static List<String> command(List<String> first, List<String> then) {
    List<String> command = new ArrayList<>(first);
    command.addAll(then);
    return command;
  }
}
