import { beforeEach, describe, expect, it } from "vitest";
import { contentTypeOf, LARGEST, UploadError, upload } from "./uploads";

let asked: unknown[];
let sent: { url: string; names: string[] }[];
let status: number;

const http = {
  post: async <T>(path: string, body?: object) => {
    asked.push([path, body]);
    return { upload_id: "u-1", url: "https://s3", fields: { key: "k", policy: "p" } } as T;
  },
};
const send = async (url: string, form: FormData, onProgress: (share: number) => void) => {
  onProgress(0.5);
  sent.push({ url, names: [...form.keys()] });
  return status;
};

beforeEach(() => {
  asked = [];
  sent = [];
  status = 204;
});

const file = (text: string, name = "a.csv") => new File([text], name);

describe("an upload", () => {
  it("asks for a form and posts the file last", async () => {
    const shares: number[] = [];
    const id = await upload(http, file("id,text"), (share) => shares.push(share), send);
    expect(id).toBe("u-1");
    expect(asked).toEqual([
      ["/uploads", { file_name: "a.csv", content_type: "text/csv", bytes: 7 }],
    ]);
    expect(sent).toEqual([{ url: "https://s3", names: ["key", "policy", "file"] }]);
    expect(shares).toEqual([0.5]);
  });

  it("is not begun with nothing, or with too much", async () => {
    const large = Object.defineProperty(file("x"), "size", { value: LARGEST + 1 });
    for (const one of [file(""), large]) {
      await expect(upload(http, one, () => {}, send)).rejects.toThrow(UploadError);
    }
    expect(asked).toEqual([]);
  });

  it("tells that the store refused", async () => {
    status = 403;
    await expect(upload(http, file("x"), () => {}, send)).rejects.toThrow("403");
  });

  it("knows the type by the name's ending", () => {
    const names = ["a.CSV", "b.jsonl", "c.ndjson", "d.txt", "e.pdf"];
    expect(names.map((name) => contentTypeOf({ name, type: "" }))).toEqual([
      "text/csv",
      "application/x-ndjson",
      "application/x-ndjson",
      "text/plain",
      "application/octet-stream",
    ]);
  });
});
